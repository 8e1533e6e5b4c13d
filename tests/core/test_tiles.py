"""Known answers: the examples in the text of c2sp.org/tlog-tiles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defiso.core.tiles import (
    MissingTileError,
    TileName,
    bundle_of,
    entries_in,
    nodes_in,
    tiles_for,
    width_of,
)
from defiso.core.tree_log import (
    Edge,
    Place,
    consistency_holds,
    consistency_path,
    consistency_spans,
    inclusion_holds,
    inclusion_path,
    inclusion_spans,
    leaf_hash,
)

SIZE = 70_000
HASHES = [leaf_hash(b"%d" % number) for number in range(SIZE)]


def grown(size: int) -> tuple[dict[Place, bytes], bytes]:
    """All tiles of the tree of that many leaves, written as its leaves fill them, and its root."""
    hashes: dict[Place, bytearray] = {}

    def put(level: int, index: int, found: bytes) -> None:
        if level % 8 == 0:
            hashes.setdefault((level // 8, index // 256), bytearray()).extend(found)

    edge = Edge().extended(HASHES[:size], put)
    for index, found in enumerate(HASHES[:size]):
        put(0, index, found)
    return {place: bytes(octets) for place, octets in hashes.items()}, edge.root


TILES, ROOT = grown(SIZE)


def test_a_tree_of_seventy_thousand_has_the_tiles_that_the_text_counts() -> None:
    widths = [[len(TILES[place]) // 32 for place in sorted(TILES) if place[0] == level] for level in range(3)]

    assert widths == [[256] * 273 + [112], [256, 17], [1]]
    assert all(width_of(place, SIZE) == len(octets) // 32 for place, octets in TILES.items())
    assert [width_of(place, SIZE) for place in ((0, 274), (1, 2), (2, 1), (3, 0))] == [0, 0, 0, 0]
    assert [width_of(place, 256) for place in ((0, 0), (1, 0))] == [256, 1]


@given(st.integers(1, SIZE), st.data())
@settings(max_examples=50)
def test_a_path_needs_few_tiles_and_holds_when_made_from_those_alone(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    included, consistent = tiles_for(inclusion_spans(index, size)), tiles_for(consistency_spans(old, size))
    whole = nodes_in(TILES)
    root = _root(size)

    path = inclusion_path(index, size, nodes_in({place: TILES[place] for place in included}))
    steps = consistency_path(old, size, nodes_in({place: TILES[place] for place in consistent}))

    assert path == inclusion_path(index, size, whole)
    assert inclusion_holds(leaf=HASHES[index], index=index, size=size, path=path, root=root)
    assert consistency_holds(old=old, old_root=_root(old), new=size, new_root=root, path=steps)
    assert len(included) <= 5
    assert len(consistent) <= 5


def _root(size: int) -> bytes:
    return Edge().extended(HASHES[:size]).root


def test_a_missing_or_short_tile_is_named() -> None:
    for octets in ({}, {(0, 3): TILES[0, 3][:-32]}):
        with pytest.raises(MissingTileError) as missing:
            inclusion_path(1022, 1024, nodes_in(octets))
        assert missing.value.place == (0, 3)


PATHS = {
    "tile/0/x001/x234/067": TileName(0, 1_234_067),
    "tile/0/000": TileName(0, 0),
    "tile/63/999.p/255": TileName(63, 999, 255),
    "tile/1/x001/000.p/1": TileName(1, 1000, 1),
    "tile/entries/x001/x234/067": TileName(None, 1_234_067),
    "tile/entries/273.p/112": TileName(None, 273, 112),
}


@pytest.mark.parametrize("path", PATHS)
def test_paths_are_written_as_the_text_says(path: str) -> None:
    assert PATHS[path].path == path
    assert TileName.from_path(path) == PATHS[path]


@given(st.none() | st.integers(0, 63), st.integers(0, 1000**7 - 1) | st.integers(0, 3000), st.integers(1, 256))
def test_a_path_is_read_back(level: int | None, index: int, width: int) -> None:
    assert TileName.from_path(TileName(level, index, width).path) == TileName(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/x002",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/entries/000.p/256",
        "tile/Entries/000",
        "tile/0/" + "x001/" * 7 + "000",
        "tile/0/" + "x001/" * 100_000 + "000",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError):
        TileName.from_path(path)


@pytest.mark.parametrize("name", [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 1000**7, 1), (0, 0, 0), (0, 0, 257)])
def test_a_name_beyond_bounds_is_refused(name: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        TileName(*name)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_its_entries_back_and_nothing_when_cut(entries: list[bytes]) -> None:
    bundle = bundle_of(entries)

    assert entries_in(bundle) == entries
    if entries:
        with pytest.raises(ValueError):
            entries_in(bundle[:-1] if entries[-1] else bundle + b"\x00")


def test_a_bundle_has_two_octets_of_length_before_each_entry() -> None:
    assert bundle_of([b"ab", b"", b"c" * 256]) == b"\x00\x02ab\x00\x00\x01\x00" + b"c" * 256


def test_too_long_an_entry_and_too_many_are_refused() -> None:
    assert entries_in(bundle_of([b"x" * 65_535])) == [b"x" * 65_535]

    for entries in ([b"x" * 65_536], [b""] * 257):
        with pytest.raises(ValueError):
            bundle_of(entries)
    with pytest.raises(ValueError):
        entries_in(b"\x00\x00" * 257)
