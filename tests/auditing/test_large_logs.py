"""Tiles, which a log has from 256 entries on."""

import pytest

from defiso.audit.actors import SYSTEM
from defiso.audit.services import make_event, record_events
from defiso.store.transactions import transaction
from defiso.tenants.services import get_tenant
from tests.anchoring.kit import work
from tests.auditing.kit import change, delete, every, found
from tests.certificates.making import make_certificate


@pytest.fixture
def large(anvil, chain, hold, tenants):
    """A log of more than two tiles."""
    for _ in range(7):
        events = [
            make_event(tenant_slug="acme", actor=SYSTEM, action="user.logged_in", target_kind="USER", target_id="1")
            for _ in range(90)
        ]
        with transaction() as writes:
            record_events(writes, events)
    make_certificate(get_tenant("acme"), number="FM-1")
    work(hold, chain)
    return chain


def test_nothing_is_found_in_a_log_of_several_tiles(large):
    assert len(every("LOG#TILE#")) == 3

    assert found(large) == []


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("deed", ["changed", "gone"])
def test_a_tile_changed_or_removed_is_found(large, place, deed):
    tile = every("LOG#TILE#")[place]
    if deed == "gone":
        delete(tile)
    else:
        change(tile, octets={"B": b"\x00" + tile.row["octets"]["B"][1:]})
    level, index = (int(part) for part in tile.sk.split("#")[2:])

    [finding] = found(large)

    assert finding.where == f"{level}/{index}"
    assert finding.sentence.startswith(f"Tile {index} of level {level}")
