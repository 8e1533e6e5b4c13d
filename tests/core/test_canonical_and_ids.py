import json
from collections import OrderedDict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from defiso.core.canonical import _ordered, canonical_json
from defiso.core.ids import new_id


def test_members_are_sorted_by_utf16_code_units_as_in_rfc_8785() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}

    assert [*canonical_json(value).decode()][1] == '"'
    assert canonical_json(value).decode() == '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'


def test_nested_values_have_no_space_and_keep_list_order() -> None:
    assert (
        canonical_json({"b": [3, 1, None, True], "a": {"y": "é", "x": ""}})
        == '{"a":{"x":"","y":"é"},"b":[3,1,null,true]}'.encode()
    )


plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=20,
)


@given(plain_json)
@example({"z": '\x00\x1f\x7f\u2028\\"/', "a": [2**53, -(2**64)], "\U0001f600": 1, "\ufb33": 2})
def test_the_quick_way_and_the_careful_way_write_the_same(value: object) -> None:
    assert canonical_json(value) == canonical_json(OrderedDict(value) if isinstance(value, dict) else value)
    careful = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    assert canonical_json(value) == careful.encode()


@pytest.mark.parametrize("value", [1.5, {1: "a"}, b"bytes", {"a": object()}])
def test_what_has_no_canonical_text_here_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_ids_grow_even_within_a_millisecond() -> None:
    ids = [new_id() for _ in range(5000)]

    assert ids == sorted(set(ids))
    assert {len(identifier) for identifier in ids} == {26}
