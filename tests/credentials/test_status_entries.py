"""Places in status lists: no two credentials share one, and their order tells nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from defiso.credentials import status_entries
from defiso.credentials.status_entries import BLOCK, LENGTH, StatusEntry, claim_entry, forget_claimed_entries
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from tests.staff import make_tenant


def test_no_two_places_are_the_same_and_their_order_tells_nothing(tenant: Tenant) -> None:
    with counted_calls() as calls:
        entries = [claim_entry(tenant) for _ in range(3 * BLOCK)]

    assert len(set(entries)) == 3 * BLOCK
    assert Counter(calls)["TransactWriteItems"] == 3
    indexes = [entry.index for entry in entries[:BLOCK]]
    assert sorted(indexes) != indexes
    assert max(indexes) - min(indexes) == BLOCK - 1


def test_processes_that_claim_at_once_share_no_place(tenant: Tenant) -> None:
    with ThreadPoolExecutor(8) as processes:
        blocks = list(processes.map(lambda _: status_entries._claim_block(tenant), range(16)))

    assert len({entry for block in blocks for entry in block}) == 16 * BLOCK


def test_the_places_of_two_bodies_have_nothing_to_do_with_each_other(tenant: Tenant) -> None:
    other = make_tenant("globex")

    claim_entry(tenant), claim_entry(other)

    assert len({entry.number for entry in (claim_entry(tenant), claim_entry(other))}) == 1
    assert status_entries.list_exists(tenant, 1)
    assert not status_entries.list_exists(make_tenant("third-body"), 1)


def test_a_block_lost_in_a_crash_is_never_used_again(tenant: Tenant) -> None:
    lost = {claim_entry(tenant)}
    forget_claimed_entries()

    later = {claim_entry(tenant) for _ in range(BLOCK)}

    assert not {entry.index // BLOCK for entry in lost} & {entry.index // BLOCK for entry in later}


def test_a_full_list_is_followed_by_another(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_entries, "LENGTH", 8 * BLOCK)

    entries = [claim_entry(tenant) for _ in range(9 * BLOCK)]

    assert Counter(entry.number for entry in entries) == {1: 8 * BLOCK, 2: BLOCK}


@pytest.mark.parametrize("text", ["", "1", "1#", "#1", "0#1", "1#-1", f"1#{LENGTH}", "01#1", "1#1#1", "one#two"])
def test_a_damaged_place_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        StatusEntry.read(text)
