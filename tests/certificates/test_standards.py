"""Standards and the dates of their transitions: data with sources, loaded by the operator, and what follows from it."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from defiso.audit.actors import OPERATOR
from defiso.audit.services import PLATFORM, list_events
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.editions import edition_problem, expiry_problem, latest_expiry
from defiso.certificates.standards import (
    KEY,
    PARTITION,
    LoadedStandards,
    edition_of,
    edition_titled,
    editions,
    forget_standards,
    load_standards,
    newest_edition,
)
from defiso.certificates.standards_file import read_standards
from defiso.certificates.states import Status
from defiso.core.clock import now
from defiso.core.errors import InvalidError, RefusedError
from defiso.store.connection import counted_calls
from defiso.store.errors import DamagedRowError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, make_certificate
from tests.conftest import every_row
from tests.staff import log_in_as, make_user


def a_file(*standards: dict[str, Any]) -> bytes:
    return json.dumps({"source": "A test.", "standards": list(standards)}).encode()


def nine(**changes: Any) -> dict[str, Any]:
    """ISO 9001:2015 with a confirmed transition, or with what a test says."""
    transition = {"last_new": "2026-06-30", "end": "2028-03-31", "confidence": "confirmed"}
    transition |= {"clause": "GAC MD 1", "source": "A test."}
    edition = {"edition": "2015", "title": "ISO 9001:2015", "published": "2015-09", "transition": transition}
    return {"code": "9001", "name": "Quality management systems", "editions": [{**edition, **changes}]}


def test_every_edition_names_its_source_and_only_confirmed_dates_bind() -> None:
    unconfirmed = {edition.title for edition in editions() if not edition.is_confirmed}
    transitions = {edition.title: edition.transition for edition in editions() if edition.transition}

    assert all(edition.source for edition in editions())
    assert unconfirmed == {"ISO 9001:2026"}
    assert all(transition.source and transition.clause for transition in transitions.values())
    assert {title for title, one in transitions.items() if not one.is_confirmed} == {"ISO 9001:2015", "ISO 14001:2015"}
    assert latest_expiry(edition_of("9001", "2015")) is None
    assert latest_expiry(edition_of("27001", "2013")) == date(2025, 10, 31)


def test_the_newest_editions_are_those_of_2026_and_one_of_them_is_published() -> None:
    environmental, quality = newest_edition("14001"), newest_edition("9001")

    assert environmental
    assert (environmental.title, environmental.first_day) == ("ISO 14001:2026", date(2026, 4, 15))
    assert quality
    assert quality.label == "ISO 9001:2026 (unconfirmed)"


@pytest.mark.parametrize(
    ("day", "new_cycle", "words"),
    [
        ("2013-09-30", True, "not published before 1 October 2013"),
        ("2024-04-30", True, ""),
        ("2024-05-01", True, "recertification until 30 April 2024 only (IAF MD 26:2023)"),
        ("2024-05-01", False, ""),
        ("2025-10-31", False, ""),
        ("2025-11-01", False, "certified until 31 October 2025 only (IAF MD 26:2023)"),
    ],
)
def test_what_an_edition_allows_ends_first_for_new_cycles_and_then_for_all(
    day: str, new_cycle: bool, words: str
) -> None:
    problem = edition_problem(edition_of("27001", "2013"), date.fromisoformat(day), new_cycle=new_cycle)

    assert words in problem
    assert bool(words) == bool(problem)


def test_a_certificate_ends_with_the_transition_of_its_edition() -> None:
    edition = edition_of("27001", "2013")

    assert expiry_problem(edition, date(2025, 10, 31)) == ""
    assert "end on 31 October 2025 at the latest (IAF MD 26:2023)" in expiry_problem(edition, date(2025, 11, 1))
    assert expiry_problem(edition_of("9001", "2015"), date(2035, 1, 1)) == ""


def test_past_a_loaded_deadline_nothing_new_is_issued_and_the_clause_is_named(tenant: Tenant) -> None:
    draft = make_certificate(tenant, status=Status.UNDER_REVIEW)
    load_standards(actor=OPERATOR, data=a_file(nine()))
    before = every_row()

    with pytest.raises(InvalidError, match=r"until 30 June 2026 only \(GAC MD 1\)") as refused:
        issue_certificate(tenant=tenant, actor=DECIDER, number=draft.number)

    assert "standard.title" in refused.value.fields
    assert every_row() == before


def test_an_expiry_past_the_end_of_the_transition_is_refused(tenant: Tenant) -> None:
    transition = {"end": "2028-03-31", "confidence": "confirmed", "clause": "GAC MD 1", "source": "A test."}
    load_standards(actor=OPERATOR, data=a_file(nine(transition=transition)))
    draft = make_certificate(tenant, status=Status.UNDER_REVIEW)

    with pytest.raises(InvalidError, match="end on 31 March 2028 at the latest") as refused:
        issue_certificate(tenant=tenant, actor=DECIDER, number=draft.number)

    assert set(refused.value.fields) == {"expiryDate"}


def test_a_loaded_file_stands_over_the_shipped_one_until_another_is_loaded() -> None:
    shipped = editions()
    future = {"edition": "2033", "title": "ISO 9001:2033", "published": "2033-01-15"}
    loaded = load_standards(actor=OPERATOR, data=a_file({**nine(), "editions": [future]}))

    assert loaded.changed == ["ISO 9001:2033"]
    assert newest_edition("9001") == edition_titled("iso 9001:2033")
    assert edition_of("9001", "2015") in shipped

    assert load_standards(actor=OPERATOR, data=a_file()).changed == ["ISO 9001:2033"]
    assert editions() == shipped


def test_a_load_is_an_event_of_the_platform_that_tells_what_changed(tmp_path: Path) -> None:
    file = tmp_path / "standards.json"
    file.write_bytes(a_file(nine()))

    call_command("load_standards", str(file))

    event = list_events(tenant_slug=PLATFORM).items[0]
    assert event.action == "platform.standards_loaded"
    assert event.after["changed"] == ["ISO 9001:2015"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "no JSON"),
        (b"[]", "an object with a list"),
        (a_file(nine(certifiable_until="2028-01-01")), "editions.0.certifiable_until: There is no such member"),
        (a_file(nine(title="ISO 9001:2014")), "title: A title ends with code and year"),
        (a_file(nine(published="2015-13")), "published: This is not a day"),
        (a_file(nine(confidence="sure")), "Either confirmed or unconfirmed"),
        (a_file(nine(), nine()), "is here twice"),
        (a_file(nine(transition={"end": "2028-03-31"})), "transition.source: Give a text"),
        (
            a_file(nine(transition={**nine()["editions"][0]["transition"], "end": "2025-01-01"})),
            "last new decision is not after the end",
        ),
        (b'{"standards": [], "x": "' + b"y" * 300_000 + b'"}', "at most 300 kB"),
    ],
)
def test_a_file_with_a_fault_is_refused_whole_and_the_fault_named(data: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "standards.json"
    file.write_bytes(data)
    before = every_row()

    with pytest.raises(CommandError, match=words):
        call_command("load_standards", str(file))

    assert every_row() == before


def test_another_process_sees_a_new_table_within_a_minute_and_a_request_reads_it_at_most_then(tenant: Tenant) -> None:
    editions()
    file = a_file({**nine(), "editions": [{"edition": "2033", "title": "ISO 9001:2033", "published": "2033-01-15"}]})
    load_standards(actor=OPERATOR, data=file)
    with counted_calls() as calls:
        for _time in range(50):
            editions()

    assert calls == ["GetItem"]
    with time_machine.travel(now() + timedelta(seconds=61)), counted_calls() as calls:
        editions()
    assert calls == ["GetItem"]
    page = log_in_as(make_user(tenant), tenant).get("/staff/certificates/new").content.decode()
    assert "ISO 9001:2033" in page
    assert "ISO 9001:2026 (unconfirmed)" in page


def test_a_table_that_somebody_without_the_key_has_changed_is_not_used() -> None:
    load_standards(actor=OPERATOR, data=a_file(nine()))
    row = LoadedStandards.find(PARTITION, KEY)
    assert row
    with transaction() as writes:
        text = row.text.replace("2028-03-31", "2038-03-31")
        writes.update(
            row, [LoadedStandards.text.set(text)], given=LoadedStandards.PK.exists(), otherwise=RefusedError("")
        )
    forget_standards()

    with pytest.raises(DamagedRowError):
        editions()


def test_the_shipped_file_is_one_that_could_be_loaded() -> None:
    shipped = Path("defiso/certificates/data/standards.json").read_bytes()

    assert read_standards(shipped)
    assert load_standards(actor=OPERATOR, data=shipped).changed == []
