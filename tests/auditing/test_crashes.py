"""A worker that dies between any two writes of recording leaves nothing that a full check would find after the next."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from defiso.audit.services import PLATFORM
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.core.clock import today
from defiso.imports.loading import load_rows
from defiso.imports.reading import read_register
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.connection import SharedConnection
from defiso.store.lease import acquire_lease
from defiso.tenants.services import get_tenant, suspend_tenant
from defiso.transparency import map_rows
from defiso.worker.lanes import new_recorder, projections
from tests.auditing.kit import found
from tests.certificates.making import ISSUER, in_days
from tests.crashes.breaking import Death
from tests.imports.test_load_register import FILE
from tests.memory import forget_everything

WRITES = {"PutItem", "TransactWriteItems"}
SLUGS = ("acme", PLATFORM)
WRITES_OF_A_RECORDING = 9  # of a status list, the map's nodes and the checkpoint of each log


@contextmanager
def dying_before(place: int | None) -> Iterator[list[str]]:
    """Yields the writes so far. The one at this place is not made: so the one before is the last to take effect."""
    writes: list[str] = []
    dispatch = SharedConnection.dispatch

    def step(connection, operation, request):
        if operation not in WRITES:
            return dispatch(connection, operation, request)
        writes.append(operation)
        if len(writes) - 1 != place:
            return dispatch(connection, operation, request)
        raise Death

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharedConnection, "dispatch", step)
        patch.setattr(map_rows, "FEW", 10_000)  # one after the other, so that a place is always the same
        yield writes


def hold() -> Hold:
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    return Hold(lease)


def act() -> None:
    """What a body and the platform do beside what the register holds already, drained and yet to be recorded."""
    acme = get_tenant("acme")
    suspend_certificate(tenant=acme, actor=ISSUER, number="FM-3", reason="Audit overdue.", review_on=in_days(60))
    load_rows(tenant=acme, actor=ISSUER, rows=read_register(FILE, language="en", today=today())[:44])
    suspend_tenant(actor=ISSUER, slug="globex", reason="Fees.")
    drain_outbox(hold(), projections())


def record() -> None:
    recorder, held = new_recorder(), hold()
    for slug in SLUGS:
        recorder.record(held, slug)


def test_an_undisturbed_recording_makes_so_many_writes_and_leaves_nothing_to_find(register):
    act()

    with dying_before(None) as writes:
        record()

    assert len(writes) == WRITES_OF_A_RECORDING
    assert found(register) == []


@pytest.mark.parametrize("place", range(WRITES_OF_A_RECORDING))
def test_a_death_before_any_write_leaves_nothing_to_find_then_nor_after_the_next_pass(register, place):
    act()
    forget_everything()

    with dying_before(place), pytest.raises(Death):
        record()

    assert found(register) == []
    forget_everything()
    record()
    assert found(register) == []
