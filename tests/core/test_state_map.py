"""The reference below follows the definition alone: it cuts and hashes all entries anew, without nodes or updates."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defiso.core.state_map import (
    CAPACITY,
    EMPTY,
    BrokenMapError,
    Bucket,
    Inner,
    MapProof,
    Node,
    Wanted,
    build,
    node_from_octets,
    prove,
    root_from,
    updated,
    value_in,
)

hashes = st.binary(min_size=32, max_size=32)
# keys that share long prefixes as well as keys that do not, so that buckets split several levels deep
keys = st.builds(
    lambda shared, tail: (b"\x00\x10\x11" * 11)[:shared] + tail[shared:], st.sampled_from([0, 0, 1, 3, 31]), hashes
)
maps = st.dictionaries(keys, hashes, max_size=70)


def reference(entries: Mapping[bytes, bytes], depth: int = 0) -> bytes:
    if len(entries) <= 14:
        return hashlib.sha256(b"\x00" + b"".join(key + entries[key] for key in sorted(entries))).digest()
    parts: list[dict[bytes, bytes]] = [{} for _ in range(16)]
    for key, value in entries.items():
        parts[key[depth // 2] & 15 if depth % 2 else key[depth // 2] >> 4][key] = value
    return hashlib.sha256(b"\x01" + b"".join(reference(part, depth + 1) for part in parts)).digest()


class Rows:
    """Nodes by prefix, as octets, with the calls made for them."""

    def __init__(self, nodes: Mapping[str, Node] | None = None) -> None:
        self.octets: dict[str, bytes] = {}
        self.calls: list[list[str]] = []
        self.put(nodes or {})

    def put(self, nodes: Mapping[str, Node]) -> None:
        self.octets |= {prefix: node.to_octets() for prefix, node in nodes.items()}

    def __call__(self, wanted: Wanted) -> dict[str, Node]:
        self.calls.append([prefix for prefix, _ in wanted])
        return {prefix: node_from_octets(self.octets[prefix], prefix) for prefix, _ in wanted if prefix in self.octets}


def key(number: int) -> bytes:
    return hashlib.sha256(b"key %d" % number).digest()


def value(number: int) -> bytes:
    return hashlib.sha256(b"value %d" % number).digest()


def entries(count: int) -> dict[bytes, bytes]:
    return {key(number): value(number) for number in range(count)}


def test_the_empty_map_is_the_hash_of_one_nought() -> None:
    assert EMPTY.hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert build({}) == (EMPTY, {})


def test_fourteen_entries_are_one_bucket_and_fifteen_are_not() -> None:
    _, fourteen = build(entries(14))
    _, fifteen = build(entries(15))

    assert list(fourteen) == [""]
    assert isinstance(fourteen[""], Bucket)
    assert isinstance(fifteen[""], Inner)
    assert max(len(node.to_octets()) for node in (*fourteen.values(), *fifteen.values())) == 897


@given(maps)
def test_the_root_is_that_of_the_definition(wanted: dict[bytes, bytes]) -> None:
    assert build(wanted)[0] == reference(wanted)


@given(st.lists(maps, max_size=6))
def test_any_order_and_grouping_of_updates_ends_in_the_map_of_all_entries(groups: list[dict[bytes, bytes]]) -> None:
    rows, root, total = Rows(), EMPTY, dict[bytes, bytes]()

    for changes in groups:
        total |= changes
        root, nodes = updated(rows, root, changes)
        rows.put(nodes)

    built, nodes = build(total)
    assert root == built
    assert rows.octets == {prefix: node.to_octets() for prefix, node in nodes.items()}


@given(maps, maps)
def test_only_nodes_that_differ_are_given_and_each_level_is_read_once(
    before: dict[bytes, bytes], changes: dict[bytes, bytes]
) -> None:
    root, nodes = build(before)
    rows = Rows(nodes)

    _, fresh = updated(rows, root, changes)

    assert all(nodes.get(prefix) != node for prefix, node in fresh.items())
    depths = [{len(prefix) for prefix in call} for call in rows.calls]
    assert depths == [{depth} for depth in range(len(rows.calls))]


def test_values_set_to_what_they_are_change_nothing() -> None:
    root, nodes = build(entries(500))

    assert updated(Rows(nodes), root, entries(40)) == (root, {})


@given(maps, keys)
def test_every_key_is_proven_with_its_value_and_any_other_key_absent(present: dict[bytes, bytes], other: bytes) -> None:
    root, nodes = build(present)

    for one in {*present, other}:
        proof = MapProof.from_json(json.loads(json.dumps(prove(Rows(nodes), root, one).to_json())))
        assert root_from(proof, one) == root
        assert value_in(proof, one) == present.get(one)


@given(st.dictionaries(keys, hashes, min_size=CAPACITY + 1, max_size=70), st.data())
def test_a_proof_with_any_byte_changed_misses_the_root_or_is_refused(
    present: dict[bytes, bytes], data: st.DataObject
) -> None:
    root, nodes = build(present)
    one = data.draw(st.sampled_from(sorted(present)))
    proof = prove(Rows(nodes), root, one)
    groups = [*proof.entries, *proof.siblings]
    group, flip = data.draw(st.integers(0, len(groups) - 1)), data.draw(st.integers(1, 255))
    part, at = data.draw(st.integers(0, len(groups[group]) - 1)), data.draw(st.integers(0, 31))
    octets = bytearray(groups[group][part])
    octets[at] ^= flip
    changed: list[Any] = [list(parts) for parts in groups]
    changed[group][part] = bytes(octets)
    count = len(proof.entries)

    try:
        forged = MapProof(tuple(map(tuple, changed[:count])), tuple(map(tuple, changed[count:])))
        found = root_from(forged, one)
    except ValueError:
        return
    assert found != root


@given(maps, keys, keys)
def test_a_proof_tells_nothing_false_of_a_key_in_another_bucket(
    present: dict[bytes, bytes], one: bytes, other: bytes
) -> None:
    root, nodes = build(present)
    proof = prove(Rows(nodes), root, one)

    try:
        found = root_from(proof, other)
    except ValueError:
        return
    if found == root:
        assert value_in(proof, other) == present.get(other)
    if one.hex()[: len(proof.siblings)] == other.hex()[: len(proof.siblings)]:
        assert found == root


def test_a_proof_of_absence_does_not_pass_for_a_key_that_is_present() -> None:
    present = entries(300)
    root, nodes = build(present)
    absent = next(proof for number in range(1000, 9000) if not (proof := prove(Rows(nodes), root, key(number))).entries)

    assert all(root_from(absent, one) != root for one in present)


def test_entries_left_out_of_a_proof_lead_to_another_root() -> None:
    present = entries(300)
    root, nodes = build(present)
    proof = prove(Rows(nodes), root, key(7))

    without = MapProof(tuple(entry for entry in proof.entries if entry[0] != key(7)), proof.siblings)

    assert value_in(without, key(7)) is None
    assert root_from(without, key(7)) != root


def test_a_bucket_that_holds_a_key_from_elsewhere_is_no_proof() -> None:
    root, nodes = build(entries(300))
    proof = prove(Rows(nodes), root, key(7))
    other = next(one for one in entries(300) if one.hex()[0] != key(7).hex()[0])

    with pytest.raises(ValueError, match="another key"):
        root_from(MapProof(((other, value(0)),), proof.siblings), key(7))
    with pytest.raises(ValueError, match="another key"):
        root_from(proof, other)


def test_siblings_left_out_of_a_proof_lead_to_another_root() -> None:
    root, nodes = build(entries(300))
    proof = prove(Rows(nodes), root, key(7))

    assert root_from(MapProof(proof.entries, proof.siblings[:-1]), key(7)) != root
    assert root_from(MapProof(proof.entries, (*proof.siblings, proof.siblings[0])[1:]), key(7)) != root


@pytest.mark.parametrize("prefix", ["", "7"])
@pytest.mark.parametrize("loss", ["missing", "older"])
def test_a_node_that_is_missing_or_another_is_named_by_its_prefix(prefix: str, loss: str) -> None:
    root, nodes = build(entries(300))
    rows = Rows(nodes)
    if loss == "missing":
        del rows.octets[prefix]
    else:
        rows.octets[prefix] = build(entries(299))[1][prefix].to_octets() if prefix == "" else Bucket(()).to_octets()
    wanted = next(one for one in entries(300) if one.hex().startswith(prefix))

    with pytest.raises(BrokenMapError) as proving:
        prove(rows, root, wanted)
    with pytest.raises(BrokenMapError) as updating:
        updated(rows, root, {wanted: value(0)})

    assert proving.value.prefix == updating.value.prefix == prefix


def test_a_root_over_inner_nodes_without_end_is_refused() -> None:
    nodes: dict[str, Node] = {}
    below = value(0)
    for depth in range(64, -1, -1):
        node = nodes["0" * depth] = Inner((below,) + (EMPTY,) * 15)
        below = node.hash

    with pytest.raises(BrokenMapError):
        prove(Rows(nodes), below, bytes(32))
    with pytest.raises(BrokenMapError):
        updated(Rows(nodes), below, {bytes(32): value(1)})


@given(maps)
def test_octets_give_the_node_back(present: dict[bytes, bytes]) -> None:
    for prefix, node in build(present)[1].items():
        again = node_from_octets(node.to_octets(), prefix)

        assert again == node
        assert again.hash == node.hash == hashlib.sha256(node.to_octets()).digest()


LOW, HIGH = b"\x01" * 32 + b"a" * 32, b"\x02" * 32 + b"b" * 32


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" + LOW[:-1], id="a value cut short"),
        pytest.param(b"\x00" + LOW + b"\x00", id="an octet too many"),
        pytest.param(b"\x00" + HIGH + LOW, id="unsorted keys"),
        pytest.param(b"\x00" + LOW + LOW, id="a doubled key"),
        pytest.param(b"\x00" + b"".join(bytes([at]) * 64 for at in range(15)), id="fifteen entries"),
        pytest.param(b"\x01" + b"c" * 511, id="a child cut short"),
        pytest.param(b"\x01" + b"c" * 544, id="seventeen children"),
        pytest.param(b"\x02" + b"c" * 512, id="another kind"),
    ],
)
def test_malformed_octets_are_refused(octets: bytes) -> None:
    with pytest.raises(ValueError):
        node_from_octets(octets)


def test_a_key_outside_the_prefix_is_refused() -> None:
    assert node_from_octets(b"\x00" + LOW, "010")

    with pytest.raises(ValueError, match="not under"):
        node_from_octets(b"\x00" + LOW, "011")


GOOD = ["0" * 64, "1" * 64]


@pytest.mark.parametrize(
    "stated",
    [
        [],
        {"entries": []},
        {"entries": [], "siblings": [], "more": []},
        {"entries": {}, "siblings": []},
        {"entries": [GOOD[:1]], "siblings": []},
        {"entries": [[GOOD[0], "A" * 64]], "siblings": []},
        {"entries": [[GOOD[0], "1" * 63 + " "]], "siblings": []},
        {"entries": [[GOOD[0], 1]], "siblings": []},
        {"entries": [GOOD, GOOD], "siblings": []},
        {"entries": [[f"{at:064x}", GOOD[1]] for at in range(15)], "siblings": []},
        {"entries": [], "siblings": [["1" * 64] * 14]},
        {"entries": [], "siblings": [["1" * 64] * 15] * 65},
    ],
)
def test_a_proof_that_is_not_written_as_we_write_it_is_refused(stated: Any) -> None:
    with pytest.raises(ValueError):
        MapProof.from_json(stated)


def test_an_update_of_33_among_ten_thousand_writes_a_bounded_number_of_rows() -> None:
    root, nodes = build(entries(10_000))
    rows = Rows(nodes)

    _, fresh = updated(rows, root, {key(number): value(-number) for number in range(9_990, 10_023)})

    assert len(rows.calls) <= 5
    assert len(fresh) <= 33 * 4 + 1
