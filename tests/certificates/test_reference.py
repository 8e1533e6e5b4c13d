"""The lists the world keeps: complete, consistent, and found by the names people write."""

from datetime import date

import pytest

from defiso.certificates.reference import (
    ACCREDITATION_BODIES,
    ARRANGEMENTS,
    COUNTRIES,
    IAF_CODES,
    arrangement_on,
    body_acronym,
    country_code,
    country_name,
)
from defiso.certificates.standards import edition_of, edition_titled, editions


def test_the_lists_are_complete() -> None:
    assert len(COUNTRIES) == 249
    assert list(IAF_CODES) == [str(code) for code in range(1, 40)]
    assert {"9001", "14001", "45001", "27001", "13485", "22000", "50001", "37001"} <= {one.code for one in editions()}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Türkiye", "TR"),
        ("TURKEY", "TR"),
        ("Korea, Republic of", "KR"),
        ("South Korea", "KR"),
        ("United Kingdom", "GB"),
        ("  the united   kingdom ", "GB"),
        ("Côte d'Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Netherlands", "NL"),
        ("DEU", "DE"),
        ("de", "DE"),
    ],
)
def test_a_country_is_found_by_its_names_and_codes(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["Atlantis", "", "  ", "United", "Yugoslavia"])
def test_what_is_no_country_is_not_found(name: str) -> None:
    assert country_code(name) is None


def test_every_country_is_found_by_its_own_name() -> None:
    assert {country_code(country_name(code)) for code in COUNTRIES} == set(COUNTRIES)


def test_every_accreditation_body_is_in_a_country_we_know() -> None:
    assert {body.country for body in ACCREDITATION_BODIES} <= set(COUNTRIES)
    assert body_acronym("jas-anz") == "JASANZ"
    assert body_acronym("A new body") == "A new body"


def test_an_edition_is_found_by_title_however_it_is_spaced() -> None:
    edition = edition_titled(" iso/iec  27001:2022 ")

    assert edition is not None
    assert (edition.code, edition.edition) == ("27001", "2022")
    assert edition_titled("9001") is None
    assert edition_of("9001", "1987") is None


def test_titles_are_unique_and_the_newest_edition_comes_first() -> None:
    titles = [edition.title for edition in editions()]
    first = {edition.code: edition for edition in reversed(editions())}

    assert len(titles) == len(set(titles))
    assert all(first[edition.code].published >= edition.published for edition in editions())


def test_the_arrangement_changed_on_the_first_of_january_2026() -> None:
    assert arrangement_on(date(2025, 12, 31)) == "IAF MLA"
    assert arrangement_on(date(2026, 1, 1)) == "Global Accreditation Cooperation MRA"
    assert {arrangement.label for arrangement in ARRANGEMENTS} == {"IAF MLA", "Global Accreditation Cooperation MRA"}
