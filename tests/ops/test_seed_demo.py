"""The demo tenants: complete after one run, unchanged by a second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from defiso.certificates.services import get_certificate
from defiso.core.errors import UnavailableError
from defiso.core.permissions import Role
from defiso.management.commands import seed_demo
from defiso.management.demo import CERTIFICATES, STAFF
from defiso.tenants.services import forget_cached_tenants, get_tenant
from tests.conftest import every_row


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    forget_cached_tenants()
    return tmp_path


def test_every_role_and_every_state_is_there_once(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo")

    assert states() == {(one.tenant, one.number): one.state for one in CERTIFICATES}
    assert set(STAFF) == set(Role)
    printed = capsys.readouterr().out
    assert "http://acme.localhost:8000/staff/" in printed
    assert printed.strip() == (data_dir / "demo-log-ins.txt").read_text().strip()


def test_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo")
    first_rows, first_text = every_row(), capsys.readouterr().out

    call_command("seed_demo")

    assert every_row() == first_rows
    assert capsys.readouterr().out == first_text


def test_a_run_that_was_cut_short_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    issue = seed_demo.issue_certificate
    monkeypatch.setattr(seed_demo, "issue_certificate", failing_after(2, issue))
    with pytest.raises(UnavailableError):
        call_command("seed_demo")
    assert not (data_dir / "demo-log-ins.txt").exists()
    monkeypatch.setattr(seed_demo, "issue_certificate", issue)

    call_command("seed_demo")

    assert states() == {(one.tenant, one.number): one.state for one in CERTIFICATES}


def test_the_real_service_gets_no_demo_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "USE_DYNAMODB", True)

    with pytest.raises(CommandError, match="for embedded copies"):
        call_command("seed_demo")

    assert every_row() == []


def states() -> dict[tuple[str, str], str]:
    found = {}
    for one in CERTIFICATES:
        tenant = get_tenant(one.tenant)
        found[one.tenant, one.number] = str(get_certificate(tenant=tenant, number=one.number).status)
    return found


def failing_after(times: int, function: Callable[..., Any]) -> Callable[..., Any]:
    calls = iter(range(times))

    def wrapped(**arguments: Any) -> Any:
        if next(calls, None) is None:
            raise UnavailableError("the power went")
        return function(**arguments)

    return wrapped
