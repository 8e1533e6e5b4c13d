"""Whose fault it is that events cannot be drained: the store's trouble is nobody's, and its load is not multiplied."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pynamodb.exceptions import VerboseClientError

from defiso.anchoring.collecting import Collecting
from defiso.anchoring.machine import batches_in, read_leaves
from defiso.anchoring.models import State
from defiso.audit.actors import SYSTEM
from defiso.audit.models import CredentialReference
from defiso.audit.services import pending_shard
from defiso.outbox import draining
from defiso.outbox.draining import MOST_ATTEMPTS, MOST_REFUSED
from defiso.outbox.hold import Hold
from defiso.outbox.services import quarantined_events, retry_quarantined
from defiso.registry.lookups import LookUps
from defiso.store.connection import SharedConnection
from defiso.store.errors import DatabaseUnavailableError, StoreBusyError, StoreDeniedError, StoreTroubleError
from defiso.tenants.services import forget_cached_tenants
from tests.anchoring.kit import drain, issue, issue_many, pending_events, record_alone
from tests.staff import make_tenant

TROUBLES = [StoreBusyError, StoreDeniedError, StoreTroubleError, DatabaseUnavailableError]


@contextmanager
def failing(
    error: Exception, operation: str, when: Callable[[dict[str, Any]], bool] = lambda request: True
) -> Iterator[list[str]]:
    """Such requests fail; yields the names of those that did."""
    failed: list[str] = []
    dispatch = SharedConnection.dispatch

    def refuse(connection: SharedConnection, asked: str, request: dict[str, Any]) -> Any:
        if asked == operation and when(request):
            failed.append(asked)
            raise error
        return dispatch(connection, asked, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharedConnection, "dispatch", refuse)
        yield failed


def collected() -> list[str]:
    return sorted(leaf.number_slug for batch in batches_in(*State) for leaf in read_leaves(batch))


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("operation", ["Query", "GetItem", "BatchGetItem", "TransactWriteItems"])
def test_trouble_of_the_store_is_no_event_s_fault(hold, operation, trouble):
    drain(hold)
    issue_many("acme", 30)

    with failing(trouble(), operation) as failed:
        for _ in range(MOST_ATTEMPTS + 1):
            forget_cached_tenants()
            with pytest.raises(trouble):
                drain(hold)
    attempts = [event.attempts for event in pending_events()]
    drain(hold)

    assert failed == [operation] * (MOST_ATTEMPTS + 1), "one request a pass, and no halves"
    assert attempts == [None] * 30
    assert quarantined_events() == []
    assert len(collected()) == 30


def test_throttling_of_one_body_s_rows_holds_up_no_other_shard(hold):
    assert pending_shard("acme") < pending_shard("eastern")
    make_tenant("eastern")
    drain(hold)
    issue("acme", "FM-1")
    issue("eastern", "FM-2")

    with failing(StoreBusyError(), "BatchGetItem", when=lambda request: "TENANT#acme" in str(request)):
        with pytest.raises(StoreBusyError):
            drain(hold)
        others = collected()
    drain(hold)

    assert others == ["FM-2"]
    assert collected() == ["FM-1", "FM-2"]


def test_a_table_that_is_missing_is_no_event_s_fault(hold):
    issue("acme", "FM-1")
    missing = VerboseClientError(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "Requested resource not found"}},
        "TransactWriteItems",
        {},
    )

    with failing(missing, "TransactWriteItems"):
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(VerboseClientError):
                drain(hold)
    drain(hold)

    assert quarantined_events() == []
    assert collected() == ["FM-1"]


def issue_with_a_key_too_long() -> None:
    """DynamoDB refuses a partition key of over 2048 bytes, for good."""
    record_alone(
        tenant_slug="acme",
        actor=SYSTEM,
        action="certificate.issued",
        target_kind="CERT",
        target_id="TOO-LONG",
        after={"status": "active"},
        credential=CredentialReference("X" * 2100, 1, "ab" * 32),
    )


def test_an_event_whose_row_the_store_will_never_take_is_set_aside_alone(hold):
    issue_many("acme", 40)
    issue_with_a_key_too_long()
    issue_many("acme", 40, prefix="MORE")

    for _ in range(MOST_ATTEMPTS):
        drain(hold)

    assert [event.target_id for event in quarantined_events()] == ["TOO-LONG"]
    assert len(collected()) == 80
    assert pending_events() == []


def test_a_pass_in_which_everything_is_refused_ends_early(hold, monkeypatch):
    issue_many("acme", 95)
    tried: list[int] = []

    def refuse(look_ups: LookUps, held: Hold, group: list[object]) -> None:
        tried.append(len(group))
        raise ValueError("a fault of ours")

    monkeypatch.setattr(LookUps, "publish", refuse)
    with pytest.raises(ValueError, match="ours"):
        drain(hold)

    assert len(tried) == MOST_REFUSED + 1


def test_all_that_was_set_aside_is_put_back_page_by_page(hold, monkeypatch):
    issue_many("acme", 230)
    with monkeypatch.context() as patch:
        patch.setattr(draining, "MOST_ATTEMPTS", 1)
        patch.setattr(Collecting, "read", lambda *_: 1 / 0)
        while pending_events():
            drain(hold)

    number = retry_quarantined()
    drain(hold)

    assert number >= 230
    assert quarantined_events() == []
    assert len(collected()) == 230
    assert retry_quarantined() == 0


def test_what_the_index_still_names_though_it_was_put_back_is_passed_over(hold, monkeypatch):
    issue_many("acme", 3)
    with monkeypatch.context() as patch:
        patch.setattr(draining, "MOST_ATTEMPTS", 1)
        patch.setattr(Collecting, "read", lambda *_: 1 / 0)
        drain(hold)
    stale = quarantined_events()
    first = retry_quarantined()
    monkeypatch.setattr("defiso.outbox.services.Event.GSI2.query", lambda *_, **__: iter(stale))

    assert (first, retry_quarantined()) == (len(stale), 0)
