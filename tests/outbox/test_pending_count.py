"""What a body still has to be anchored: counted from its own rows alone, at one bounded read, also during a load."""

from typing import Any

from defiso.anchoring.collecting import Collecting
from defiso.anchoring.services import anchoring_summary
from defiso.audit.actors import SYSTEM
from defiso.certificates.figures import read_figures
from defiso.core.clock import today
from defiso.outbox.draining import MOST_ATTEMPTS
from defiso.outbox.services import MOST_COUNTED, count_pending_credentials, retry_quarantined
from defiso.store.connection import SharedConnection, counted_calls
from defiso.store.pages import Counted
from defiso.tenants.services import get_tenant
from tests.anchoring.kit import drain, issue, issue_many, record_alone


def pending_of(slug: str) -> Counted:
    tenant = get_tenant(slug)
    handled_to = read_figures(tenant=tenant, today=today(), expiring_days=90).as_of
    with counted_calls() as calls:
        counted = count_pending_credentials(tenant=tenant, handled_to=handled_to)
    assert calls == ["Query"]
    return counted


def test_what_has_left_the_outbox_is_not_counted_and_what_came_since_is(hold):
    issue_many("acme", 40)
    before = pending_of("acme")
    drain(hold)
    drained = pending_of("acme")
    record_alone(tenant_slug="acme", actor=SYSTEM, action="user.logged_in", target_kind="USER", target_id="1")
    issue("acme", "FM-1")
    issue("acme", "FM-2")

    assert [one.number for one in (before, drained, pending_of("acme"))] == [40, 0, 2]


def test_a_load_is_counted_up_to_a_thousand(hold):
    issue_many("acme", MOST_COUNTED + 1)

    summary = anchoring_summary(tenant=get_tenant("acme"), handled_to="")

    assert str(summary.pending) == "1,000+"
    assert summary.pending == Counted(MOST_COUNTED, and_more=True)


def test_no_key_of_anybody_else_is_read(hold, monkeypatch):
    issue_many("globex", 5)
    issue("acme", "FM-1")
    asked: list[dict[str, Any]] = []
    dispatch = SharedConnection.dispatch

    def listening(self: SharedConnection, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        asked.append(operation_kwargs)
        return dispatch(self, operation_name, operation_kwargs)

    tenant = get_tenant("acme")
    monkeypatch.setattr(SharedConnection, "dispatch", listening)
    summary = anchoring_summary(tenant=tenant, handled_to="")

    assert summary.pending.number == 1
    assert len(asked) == 2
    assert all("IndexName" not in request for request in asked)
    assert all({"S": "TENANT#acme"} in request["ExpressionAttributeValues"].values() for request in asked)


def test_a_credential_that_was_set_aside_still_waits_until_it_is_handled(hold, monkeypatch):
    issue("acme", "FM-1")
    with monkeypatch.context() as patch:
        patch.setattr(Collecting, "read", _fail)
        for _ in range(MOST_ATTEMPTS):
            drain(hold)
    issue("acme", "FM-2")
    drain(hold)
    aside = pending_of("acme")

    retry_quarantined()
    drain(hold)

    assert (aside.number, pending_of("globex").number) == (1, 0)
    assert pending_of("acme").number == 0


def _fail(projection: Collecting, event: object) -> None:
    raise ValueError("not understood")
