import io
import sys

import pytest
from django.core.management import CommandError, call_command

from defiso.accounts.authentication import log_in
from defiso.audit.actors import SYSTEM
from defiso.credentials.models import SigningKey
from defiso.management.commands import create_user
from defiso.management.commands.create_user import PASSWORD_VARIABLE
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant
from tests.conftest import every_row
from tests.staff import PASSWORD

OWNER = ["--tenant", "acme", "--email", "owner@acme.example", "--name", "Owner", "--role", "owner"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def logs_in(tenant: Tenant) -> bool:
    return log_in(tenant=tenant, actor=SYSTEM, email="owner@acme.example", password=PASSWORD) is not None


def test_a_tenant_is_made_with_its_key_and_its_address_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--name", "Acme Certification", "--accent", "#0f5f63", "--accreditation-body", "UKAS"]
    printed = run(capsys, "create_tenant", "acme", *options)

    assert "http://acme.localhost:8000/" in printed
    assert get_tenant("acme").accreditation_body == "UKAS"
    assert len(list(SigningKey.query("TENANT#acme", SigningKey.SK.startswith("KEY#")))) == 1


def test_what_is_not_given_is_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter(["acme", "Acme Certification"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))

    run(capsys, "create_tenant")

    assert get_tenant("acme").name == "Acme Certification"


def test_a_refused_tenant_gives_one_sentence_and_writes_nothing() -> None:
    with pytest.raises(CommandError, match="reserved for the platform"):
        call_command("create_tenant", "admin", "--name", "Admin")

    assert every_row() == []


def test_the_password_comes_from_standard_input(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))

    printed = run(capsys, "create_user", *OWNER, "--password-stdin")

    assert "http://acme.localhost:8000/staff/login" in printed
    assert PASSWORD not in printed
    assert logs_in(tenant)


def test_the_password_comes_from_the_environment(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)

    run(capsys, "create_user", *OWNER)

    assert logs_in(tenant)


def test_the_password_is_asked_for_twice_otherwise(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    monkeypatch.setattr(create_user.getpass, "getpass", lambda prompt: PASSWORD)

    run(capsys, "create_user", *OWNER)

    assert logs_in(tenant)


def test_two_different_passwords_create_nothing(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    answers = iter([PASSWORD, PASSWORD + "x"])
    monkeypatch.setattr(create_user.getpass, "getpass", lambda prompt: next(answers))
    before = every_row()

    with pytest.raises(CommandError, match="two different passwords"):
        call_command("create_user", *OWNER)

    assert every_row() == before


def test_no_option_takes_a_password(tenant: Tenant) -> None:
    with pytest.raises(CommandError):
        call_command("create_user", *OWNER, "--password", PASSWORD)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"--tenant": "nobody"}, "no tenant nobody"), ({"--email": "nobody"}, "e-mail address looks like")],
)
def test_a_refused_account_gives_one_sentence(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], sentence: str
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    options = dict(zip(OWNER[::2], OWNER[1::2], strict=True)) | changed

    with pytest.raises(CommandError, match=sentence):
        call_command("create_user", *[part for pair in options.items() for part in pair])
