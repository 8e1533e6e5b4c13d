"""Loading a register: all of it or nothing, once, and to the end whatever happens on the way."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from defiso.audit.models import Event
from defiso.audit.services import events_of
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.models import Certificate, Revision, certificate_key
from defiso.certificates.services import get_certificate
from defiso.core.errors import UnavailableError
from defiso.credentials.packing import unpack
from defiso.credentials.services import check_credential, check_statement
from defiso.imports import loading
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant
from tests.certificates.making import ISSUER, in_days, make_draft
from tests.conftest import every_row
from tests.waiting import wait_until

DATA = Path(__file__).parent / "data"
FILE = DATA / "register-120.csv"
REGISTER = Path(__file__).parent.parent / "data/register.csv"
LOADED_ON = "2026-11-23T09:00:00Z"


@pytest.fixture(autouse=True)
def fixed_day() -> Iterator[None]:
    """The register's days are judged by the clock: it says who has expired."""
    with time_machine.travel(LOADED_ON):
        yield


def load(file: Path = FILE) -> None:
    call_command("load_register", str(file), tenant="acme")


def heads(most: int | None = None) -> list[Certificate]:
    return list(Certificate.query(tenant_key("acme"), Certificate.SK.startswith(certificate_key("")), limit=most))


def part_of_the_register(folder: Path, rows: int) -> Path:
    lines = REGISTER.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "part.csv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    return folder / "part.csv"


def test_a_register_is_issued_in_its_statuses(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    load()

    heads = Certificate.query(tenant_key(tenant.slug), Certificate.SK.startswith(certificate_key("")))
    counts = Counter(head.status_today.value for head in heads)
    assert "120 issued, 0 already there." in capsys.readouterr().out
    assert counts == {"active": 91, "suspended": 5, "expired": 18, "withdrawn": 6}


def test_what_is_loaded_checks_and_is_to_be_anchored(tenant: Tenant) -> None:
    load()

    certificate = get_certificate(tenant=tenant, number="45001-2024-000001")
    revision = Revision.get(tenant_key("acme"), f"REV#{certificate.slug}#0001")
    digest = certificate.credential_digest or ""
    check = check_credential(tenant=tenant, text=unpack(revision.credential), expected_digest=digest)
    [listed] = events_of(tenant_slug=tenant.slug, target_kind="CERT", target_id=certificate.slug)
    event = Event.get(listed.PK, listed.SK)
    assert (check.content.result, check.issuer.result) == ("pass", "pass")
    assert (event.action, event.credential["digest"] if event.credential else "") == ("certificate.imported", digest)
    assert certificate.identity == "UID-01-000001"


def test_a_withdrawn_line_says_where_its_status_comes_from(tenant: Tenant) -> None:
    load()

    withdrawn = next(head for head in heads() if head.status == "withdrawn")
    [event] = events_of(tenant_slug=tenant.slug, target_kind="CERT", target_id=withdrawn.slug)
    assert event.reason == withdrawn.reason == "Recorded as withdrawn in the register loaded on 23 November 2026."
    assert (event.after or {})["status"] == "withdrawn"
    seal = withdrawn.status_seal or ""
    assert check_statement(tenant=tenant, statement=withdrawn.sealed_state.statement, signature=seal)


def test_thirty_three_certificates_go_into_one_transaction(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    commit = Writes.commit
    monkeypatch.setattr(Writes, "commit", lambda writes: (sizes.append(len(writes)), commit(writes)))

    load()

    assert sorted(sizes) == [1, 21 * 3, 99, 99, 99]  # the one claims a block of places in the status lists


def test_a_load_meets_no_part_of_its_partition_only_and_the_same_way_each_time(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body is one partition key: rows in the order of their numbers would all go to one part of it at a time."""
    orders: list[list[str]] = []
    for _ in range(2):
        made: list[str] = []
        monkeypatch.setattr(
            loading, "_chunks", lambda issues, made=made: made.extend(i.certificate.SK for i in issues) or []
        )
        load()
        orders.append(made)

    first, again = orders
    quarters = [first[start : start + 30] for start in range(0, 120, 30)]
    by_number = sorted(first)
    assert first == again
    assert all({by_number.index(key) // 30 for key in quarter} == {0, 1, 2, 3} for quarter in quarters)


def test_a_second_run_changes_nothing(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    load()
    before = every_row()

    load()

    assert "0 issued, 120 already there." in capsys.readouterr().out
    assert every_row() == before


def test_a_second_run_leaves_a_later_status_alone_and_says_so(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    load()
    number = "45001-2024-000001"
    suspend_certificate(tenant=tenant, actor=ISSUER, number=number, reason="Overdue.", review_on=in_days(9))

    load()

    assert "1 of those have another status by now" in capsys.readouterr().out
    assert get_certificate(tenant=tenant, number=number).status == "suspended"


def test_a_bad_register_is_named_line_by_line_and_nothing_is_loaded(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    before = every_row()

    with pytest.raises(CommandError, match=r"28 of 33 lines cannot be loaded\. Nothing was loaded\."):
        load(DATA / "register-bad.csv")

    named = re.findall(r"^line (\d+): (\w+): .", capsys.readouterr().err, re.MULTILINE)
    assert len(named) == 28
    assert ("25", "control_characters") in named
    assert every_row() == before


def test_a_number_in_use_for_another_content_stops_the_load_before_it_writes(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    make_draft(tenant, number="45001 2024 000001")
    before = every_row()

    with pytest.raises(CommandError, match="1 of 120 lines"):
        load()

    assert "line 2: duplicate_number: " in capsys.readouterr().err
    assert every_row() == before


@pytest.mark.parametrize("arguments", [["--tenant", "nobody", str(FILE)], ["--tenant", "acme", "no-such-file.csv"]])
def test_an_unknown_tenant_or_file_is_one_sentence(tenant: Tenant, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"\.$"):
        call_command("load_register", *arguments)


@pytest.mark.parametrize("takes_effect", [False, True], ids=["failed", "failed after it took effect"])
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_load_that_breaks_at_any_step_is_finished_by_the_next(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: int, takes_effect: bool
) -> None:
    monkeypatch.setattr(loading, "IN_A_TRANSACTION", 5)
    file = part_of_the_register(tmp_path, 17)
    commit = Writes.commit
    turns = count(1)

    def breaking(writes: Writes) -> None:
        turn = next(turns)
        if turn != step or takes_effect:
            commit(writes)
        if turn == step:
            raise UnavailableError("The power went.")

    monkeypatch.setattr(Writes, "commit", breaking)
    with pytest.raises(CommandError, match="The power went"):
        load(file)
    monkeypatch.setattr(Writes, "commit", commit)

    load(file)

    assert_each_is_there_once(tenant, 17)


def test_a_load_killed_in_the_middle_is_finished_by_the_next(tenant: Tenant, tmp_path: Path) -> None:
    part = part_of_the_register(tmp_path, 400)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "defiso.settings",
        "DYNAMODB_ENDPOINT_URL": settings.DYNAMODB_ENDPOINT_URL,
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    command = [sys.executable, "-m", "django", "load_register", "--tenant", "acme", str(part)]
    process = subprocess.Popen(command, env=environment, cwd=tmp_path)
    wait_until(lambda: heads(1) or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < len(heads()) < 400
    assert len(heads()) % 33 == 0

    load(part)

    assert_each_is_there_once(tenant, 400)


def assert_each_is_there_once(tenant: Tenant, number: int) -> None:
    loaded = heads()
    revisions = list(Revision.query(tenant_key("acme"), Revision.SK.startswith("REV#")))
    assert len(loaded) == len(revisions) == number
    for head in loaded[:: 1 + number // 20]:
        assert len(events_of(tenant_slug=tenant.slug, target_kind="CERT", target_id=head.slug)) == 1
