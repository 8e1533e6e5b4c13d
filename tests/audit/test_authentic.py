"""Only this registry writes events: one that somebody wrote or changed past it does not carry its code."""

import pytest

from defiso.audit.actors import SYSTEM
from defiso.audit.authentic import TOLD, ForgedEventError, immutable_part, require_authentic
from defiso.audit.models import CredentialReference, Event, event_key, target_key
from defiso.audit.services import make_event
from defiso.core.ids import new_id
from defiso.core.sealed_state import SealedState, digest_of_reason
from defiso.store.keys import tenant_key


def withdrawal() -> Event:
    state = SealedState(
        tenant="acme",
        number="FM-1",
        event=new_id(),
        generation=new_id(),
        version=3,
        revision=1,
        status="withdrawn",
        since="2026-11-24T10:00:00Z",
        at="2026-11-24T10:00:00Z",
        from_register=False,
        expires="2027-01-01",
        review="",
        digest="ab" * 32,
        confidential=False,
        reason=digest_of_reason("Fraud."),
        previous="cd" * 32,
    )
    return make_event(
        tenant_slug="acme",
        actor=SYSTEM,
        action="certificate.withdrawn",
        target_kind="CERT",
        target_id="FM-1",
        before={"status": "active"},
        after={"status": "withdrawn"},
        reason="Fraud.",
        credential=CredentialReference("FM-1", 1, "ab" * 32),
        status_entry="1#5",
        counted=[["active"], ["withdrawn"]],
        generation=state.generation,
        state=state,
    )


def test_an_event_of_this_registry_carries_its_code() -> None:
    require_authentic(withdrawal())


@pytest.mark.parametrize("name", TOLD)
def test_whatever_is_changed_in_an_event_shows(name: str) -> None:
    event = withdrawal()
    setattr(event, name, {"x": 1} if name == "context" else None)

    with pytest.raises(ForgedEventError):
        require_authentic(event)


@pytest.mark.parametrize(
    "keys",
    [
        {"PK": tenant_key("globex"), "GSI1PK": target_key("globex", "CERT#FM-1")},
        {"SK": event_key(new_id())},
        {"GSI1PK": target_key("acme", "CERT#FM-2")},
        {"code": b"\x00" * 32},
        {"code": None},
    ],
    ids=["another body", "another time", "another certificate", "another code", "no code"],
)
def test_an_event_cannot_be_moved(keys: dict[str, str]) -> None:
    event = withdrawal()
    for name, value in keys.items():
        setattr(event, name, value)

    with pytest.raises(ForgedEventError):
        require_authentic(event)


def test_another_key_makes_other_codes(settings) -> None:
    event = withdrawal()
    settings.MASTER_KEY = "B" * 43 + "="

    with pytest.raises(ForgedEventError):
        require_authentic(event)


def test_where_an_event_waits_is_no_part_of_it() -> None:
    event = withdrawal()
    before = immutable_part(event)
    event.GSI2PK, event.position, event.leader = "PENDING#1", 7, new_id()

    assert immutable_part(event) == before


def test_an_event_knows_the_state_that_it_brought() -> None:
    event = withdrawal()

    state = event.sealed_state
    assert state is not None
    assert (state.event, state.number, state.tenant) == (event.id, "FM-1", "acme")
    event.state = event.state[:-1]
    with pytest.raises(ValueError, match="not the state"):
        _ = event.sealed_state
