"""Two revisions side by side: what each has alone is marked, what both have is not told."""

from hypothesis import given
from hypothesis import strategies as st

from defiso.certificates.comparison import MOST_WORDS, Difference, Piece, compare, compare_texts

LEEDS = {"name": "Leeds", "address": "1 Wharf Street, Leeds", "country": "GB", "main": True}
HULL = {"name": "Hull", "address": "2 Dock Road, Hull", "country": "GB"}
TEXTS = st.text(alphabet="ab \n", max_size=40)


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


def test_the_same_content_has_no_differences() -> None:
    content = {"scope": "Frozen fish", "sites": [LEEDS], "iafCodes": ["3"], "expiryDate": "2027-03-02"}

    assert compare(content, dict(content)) == []


def test_words_of_a_scope_are_marked_and_not_all_of_it() -> None:
    old, new = {"scope": "Sale of frozen fish and ice"}, {"scope": "Sale and storage of frozen fish"}

    (found,) = compare(old, new)

    assert found.label == "Scope"
    assert marked(found.before) == "Sale of frozen fish[ and ice]"
    assert marked(found.after) == "Sale[ and storage] of frozen fish"


def test_where_no_spaces_stand_between_words_characters_are_compared() -> None:
    (found,) = compare({"scope": "冷凍魚の販売"}, {"scope": "冷凍魚の保管と販売"})

    assert marked(found.after) == "冷凍魚の[保][管][と]販売".replace("][", "")


def test_dates_and_countries_are_written_as_people_read_them() -> None:
    old = {"expiryDate": "2027-03-02", "organisation": {"country": "GB"}}
    new = {"expiryDate": "2030-03-02", "organisation": {"country": "FR"}}

    country, expiry = compare(old, new)

    assert marked(expiry.before) == "2 March [2027]"
    assert marked(expiry.after) == "2 March [2030]"
    assert (marked(country.before), marked(country.after)) == ("[United Kingdom]", "[France]")


def test_a_site_is_added_removed_or_changed_and_the_same_ones_are_left_out() -> None:
    york = {"name": "York", "address": "3 Ouse Lane, York", "country": "GB"}
    moved = {**HULL, "address": "9 Quay Road, Hull"}

    found = compare({"sites": [LEEDS, HULL]}, {"sites": [LEEDS, moved, york]})

    assert [difference.label for difference in found] == ["Site changed", "Site added"]
    assert marked(found[0].after) == "Hull\n[9] [Quay] Road, Hull\nUnited Kingdom"
    assert found[1].before == ()

    (removed,) = compare({"sites": [LEEDS, HULL]}, {"sites": [LEEDS]})
    assert (removed.label, removed.after) == ("Site removed", ())


def test_a_scope_in_a_further_language_is_compared_with_its_own() -> None:
    german, french = {"language": "de", "text": "Fisch"}, {"language": "fr", "text": "Poisson"}

    found = compare({"scopes": [german]}, {"scopes": [german, french]})

    assert found == [Difference("Scope (fr)", (), (Piece("Poisson", differs=True),))]


def test_very_long_texts_are_shown_whole_rather_than_searched() -> None:
    old, new = "a b " * MOST_WORDS, "a c " * MOST_WORDS

    found = compare_texts("Scope", old, new)

    assert found.before == (Piece(old, differs=True),)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts_and_what_is_not_marked_is_the_same(old: str, new: str) -> None:
    found = compare_texts("Scope", old, new)

    assert "".join(piece.text for piece in found.before) == old
    assert "".join(piece.text for piece in found.after) == new
    unmarked = ["".join(piece.text for piece in side if not piece.differs) for side in (found.before, found.after)]
    assert unmarked[0] == unmarked[1]
