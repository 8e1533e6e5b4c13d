import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defiso.core.merkle import path_of, root_from, root_of

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(left + right).digest()


def test_a_lone_leaf_is_the_root() -> None:
    assert root_of([b"a" * 32]) == b"a" * 32


def test_an_odd_leaf_is_promoted_and_not_doubled() -> None:
    a, b, c = b"a" * 32, b"b" * 32, b"c" * 32

    assert root_of([a, b, c]) == node(node(a, b), c)
    assert path_of([a, b, c], 2) == [("left", node(a, b))]


@given(leaves)
def test_every_path_leads_from_its_leaf_to_the_root(batch: list[bytes]) -> None:
    root = root_of(batch)

    assert all(root_from(leaf, path_of(batch, index)) == root for index, leaf in enumerate(batch))


@given(leaves, st.integers(0, 69), st.integers(0, 255))
def test_another_leaf_on_the_same_path_misses_the_root(batch: list[bytes], index: int, flip: int) -> None:
    index %= len(batch)
    other = bytes([batch[index][0] ^ (flip or 1)]) + batch[index][1:]

    assert root_from(other, path_of(batch, index)) != root_of(batch)


@pytest.mark.parametrize("bad", [[], [b"short"]])
def test_no_leaves_or_leaves_of_another_size_are_a_bug(bad: list[bytes]) -> None:
    with pytest.raises(ValueError, match="leaf"):
        root_of(bad)
