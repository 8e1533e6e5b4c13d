"""Known answers: the tree of eight leaves by which implementations of Certificate Transparency are tested, as it is in
transparency-dev/merkle, proof/verify_test.go; and the definitions of RFC 6962, 2.1, written out as they stand there.
"""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defiso.core.tree_log import (
    EMPTY_ROOT,
    Edge,
    consistency_holds,
    consistency_path,
    consistency_spans,
    inclusion_holds,
    inclusion_path,
    inclusion_spans,
    leaf_hash,
    places_of,
    span_hash,
)

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = {  # (index, size)
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {  # (old, new)
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}

MOST = 70
HASHES = [leaf_hash(b"entry %d" % number) for number in range(MOST)]
sizes = st.integers(1, MOST)


def below(count: int) -> int:
    split = 1
    while split * 2 < count:
        split *= 2
    return split


def tree(hashes: list[bytes]) -> bytes:
    """MTH(D[n])."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = below(len(hashes))
    return hashlib.sha256(b"\x01" + tree(hashes[:split]) + tree(hashes[split:])).digest()


def path(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(hashes) == 1:
        return []
    split = below(len(hashes))
    if index < split:
        return [*path(index, hashes[:split]), tree(hashes[split:])]
    return [*path(index - split, hashes[split:]), tree(hashes[:split])]


def subproof(old: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if old == len(hashes):
        return [] if whole else [tree(hashes)]
    split = below(len(hashes))
    if old <= split:
        return [*subproof(old, hashes[:split], whole), tree(hashes[split:])]
    return [*subproof(old - split, hashes[split:], False), tree(hashes[:split])]


def node(level: int, index: int) -> bytes:
    assert (index + 1) << level <= MOST
    return tree(HASHES[index << level : (index + 1) << level])


def test_roots_of_the_reference_tree_are_its_published_ones() -> None:
    edge = Edge()
    assert edge.root == EMPTY_ROOT == ROOTS[0]

    for leaf, root in zip(LEAVES, ROOTS[1:], strict=True):
        edge = edge.extended([leaf_hash(leaf)])
        assert edge.root == root


def test_paths_of_the_reference_tree_are_its_published_ones_and_hold() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]

    def at(level: int, index: int) -> bytes:
        return tree(hashes[index << level : (index + 1) << level])

    for (index, size), published in INCLUSION.items():
        found = inclusion_path(index, size, at)
        assert [step.hex() for step in found] == published
        assert inclusion_holds(leaf=hashes[index], index=index, size=size, path=found, root=ROOTS[size])
    for (old, new), published in CONSISTENCY.items():
        found = consistency_path(old, new, at)
        assert [step.hex() for step in found] == published
        assert consistency_holds(old=old, old_root=ROOTS[old], new=new, new_root=ROOTS[new], path=found)


@given(st.lists(st.integers(0, 20), max_size=6))
def test_a_log_grown_in_any_steps_has_the_root_of_the_definition(steps: list[int]) -> None:
    edge, total = Edge(), 0
    filled: dict[tuple[int, int], bytes] = {}

    for step in steps:
        step = min(step, MOST - total)
        edge = edge.extended(
            HASHES[total : total + step], lambda level, index, found: filled.update({(level, index): found})
        )
        total += step

    assert edge.root == tree(HASHES[:total])
    assert list(edge.hashes) == [node(*place) for place in places_of((0, total))]
    places = {(level, index) for level in range(1, 7) for index in range(total >> level)}
    assert filled == {place: node(*place) for place in places}


@given(sizes, st.data())
def test_paths_are_those_of_the_definition_and_hold(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root = tree(HASHES[:size])

    included = inclusion_path(index, size, node)
    consistent = consistency_path(old, size, node)

    assert included == path(index, HASHES[:size])
    assert consistent == subproof(old, HASHES[:size])
    assert span_hash((0, size), node) == root
    assert inclusion_holds(leaf=HASHES[index], index=index, size=size, path=included, root=root)
    assert consistency_holds(old=old, old_root=tree(HASHES[:old]), new=size, new_root=root, path=consistent)


@st.composite
def altered(draw: st.DrawFn, steps: list[bytes]) -> list[bytes]:
    """The steps with one changed, dropped, doubled, cut short, or one more at either end."""
    changes = [[HASHES[0], *steps], [*steps, HASHES[0]], [*steps, b""]]
    if steps:
        at, flip, byte = (draw(st.integers(0, most)) for most in (len(steps) - 1, 254, 31))
        changed = bytearray(steps[at])
        changed[byte] ^= flip + 1
        others = [[bytes(changed)], [], [steps[at]] * 2, [steps[at][:-1]]]
        changes += [[*steps[:at], *other, *steps[at + 1 :]] for other in others]
    return draw(st.sampled_from(changes))


@given(sizes, st.data())
def test_a_path_of_inclusion_with_anything_altered_does_not_hold(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    steps = inclusion_path(index, size, node)
    root = tree(HASHES[:size])

    assert not inclusion_holds(leaf=HASHES[index], index=index, size=size, path=data.draw(altered(steps)), root=root)
    for other in range(-1, size + 2):
        holds = inclusion_holds(leaf=HASHES[index], index=other, size=size, path=steps, root=root)
        assert holds == (other == index)
    assert not inclusion_holds(leaf=leaf_hash(b"other"), index=index, size=size, path=steps, root=root)
    assert not inclusion_holds(leaf=HASHES[index], index=index, size=size, path=steps, root=ROOTS[1])


@given(sizes, st.data())
def test_a_path_of_consistency_with_anything_altered_does_not_hold(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    steps = consistency_path(old, size, node)
    old_root, root = tree(HASHES[:old]), tree(HASHES[:size])

    assert not consistency_holds(old=old, old_root=old_root, new=size, new_root=root, path=data.draw(altered(steps)))
    for other in range(-1, size + 2):
        assert consistency_holds(old=other, old_root=old_root, new=size, new_root=root, path=steps) == (other == old)
    assert not consistency_holds(old=old, old_root=ROOTS[1], new=size, new_root=root, path=steps)
    assert not consistency_holds(old=old, old_root=old_root, new=size, new_root=ROOTS[1], path=steps)


def test_an_empty_log_begins_every_log_and_says_so_with_its_own_root() -> None:
    assert consistency_path(0, 5, node) == []
    assert consistency_holds(old=0, old_root=EMPTY_ROOT, new=5, new_root=ROOTS[5], path=[])
    assert consistency_holds(old=0, old_root=EMPTY_ROOT, new=0, new_root=EMPTY_ROOT, path=[])
    assert not consistency_holds(old=0, old_root=ROOTS[1], new=0, new_root=ROOTS[1], path=[])
    assert not consistency_holds(old=0, old_root=ROOTS[1], new=5, new_root=ROOTS[5], path=[])
    assert not consistency_holds(old=0, old_root=EMPTY_ROOT, new=5, new_root=ROOTS[5], path=[ROOTS[1]])
    assert not inclusion_holds(leaf=EMPTY_ROOT, index=0, size=0, path=[], root=EMPTY_ROOT)


def test_sizes_and_paths_without_bounds_are_refused_at_once() -> None:
    assert not inclusion_holds(leaf=ROOTS[1], index=0, size=2**63, path=[ROOTS[1]] * 63, root=ROOTS[1])
    assert not inclusion_holds(leaf=ROOTS[1], index=0, size=2**62, path=[ROOTS[1]] * 10**6, root=ROOTS[1])
    assert not consistency_holds(old=1, old_root=ROOTS[1], new=2**63, new_root=ROOTS[2], path=[ROOTS[1]] * 63)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (0, 0), (3, 3), (0, 2**63)])
def test_no_path_leads_from_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 1), (2, 1), (0, 2**63)])
def test_no_path_leads_to_a_smaller_tree(old: int, new: int) -> None:
    with pytest.raises(ValueError):
        consistency_spans(old, new)


@pytest.mark.parametrize(("size", "hashes"), [(3, HASHES[:1]), (-1, []), (1, [b"short"]), (2**63, HASHES[:1])])
def test_an_edge_that_does_not_fit_its_size_is_refused(size: int, hashes: list[bytes]) -> None:
    with pytest.raises(ValueError):
        Edge(size, tuple(hashes))
