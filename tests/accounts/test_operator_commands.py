"""What the operator does to accounts, tenants and keys from the command line."""

import io
import re
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from defiso.accounts.authentication import log_in
from defiso.accounts.models import User
from defiso.accounts.services import get_user
from defiso.audit.actors import OPERATOR
from defiso.audit.services import list_events
from defiso.core.clock import now
from defiso.credentials.keyring import forget_cached_keys, keys_of, signing_key_of
from defiso.credentials.services import check_credential
from defiso.engines import BASE_DIR
from defiso.tenants import services as tenants
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant
from tests.conftest import every_row
from tests.credentials.signing import signed
from tests.staff import PASSWORD, actions_of, browser_at, log_in_as, make_user

ACME = ["--tenant", "acme"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def can_log_in(tenant: Tenant, user: User, password: str = PASSWORD) -> bool:
    return log_in(tenant=tenant, actor=OPERATOR, email=user.email, password=password) is not None


def last_event(tenant: Tenant) -> tuple[str, str, str]:
    event = list_events(tenant_slug=tenant.slug).items[0]
    return event.action, event.actor["kind"], event.actor["label"]


BY_OPERATOR = ("operator", "Operator at the command line")


def test_set_user_gives_another_name_and_role_in_one_event(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str]
) -> None:
    viewer = make_user(tenant, "viewer")

    printed = run(capsys, "set_user", *ACME, "--email", "VIEWER@acme.example", "--name", "Ada", "--role", "auditor")

    assert printed == "viewer@acme.example is Ada, auditor.\n"
    changed = get_user(tenant=tenant, user_id=viewer.id)
    assert (changed.name, changed.role) == ("Ada", "auditor")
    assert last_event(tenant) == ("user.role_changed", *BY_OPERATOR)
    assert actions_of(tenant).count("user.role_changed") == 1


def test_set_user_renames_and_the_page_shows_it_at_the_next_request(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = log_in_as(owner, tenant)

    run(capsys, "set_user", *ACME, "--email", owner.email, "--name", "Grace Hopper")

    assert "Grace Hopper" in browser.get("/staff/sessions").content.decode()
    assert last_event(tenant)[0] == "user.renamed"


def test_close_user_ends_the_sessions_and_reopen_opens_the_account_again(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str]
) -> None:
    viewer = make_user(tenant, "viewer")
    browser = log_in_as(viewer, tenant)

    run(capsys, "close_user", *ACME, "--email", viewer.email, "--reason", "left in March")

    assert browser.get("/staff/").status_code == 302
    assert not can_log_in(tenant, viewer)
    closing = next(event for event in list_events(tenant_slug="acme").items if event.action == "user.deactivated")
    assert (closing.reason, closing.actor["kind"]) == ("left in March", "operator")
    run(capsys, "close_user", *ACME, "--email", viewer.email, "--reopen")
    assert can_log_in(tenant, viewer)
    assert "user.reactivated" in actions_of(tenant)


def test_reset_password_prints_a_generated_one_once_and_ends_the_sessions(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = log_in_as(owner, tenant)

    printed = run(capsys, "reset_password", *ACME, "--email", owner.email)

    (password,) = re.findall(r"(?:[a-z0-9]{5}-){3}[a-z0-9]{5}", printed)
    assert last_event(tenant) == ("user.password_reset", *BY_OPERATOR)
    assert browser.get("/staff/").status_code == 302
    assert not can_log_in(tenant, owner)
    assert can_log_in(tenant, owner, password)
    assert password not in repr(every_row())
    assert password not in run(capsys, "reset_password", *ACME, "--email", owner.email)


def test_reset_password_takes_one_from_standard_input_and_does_not_print_it(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a different set of words\n"))

    printed = run(capsys, "reset_password", *ACME, "--email", owner.email, "--password-stdin")

    assert "a different set" not in printed
    assert can_log_in(tenant, owner, "a different set of words")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["set_user", "--email", "owner@acme.example"], "Say what to set: --name, --role or both."),
        (["set_user", "--email", "nobody@acme.example", "--name", "Ada"], "There is no such account here."),
        (["set_user", "--email", "owner@acme.example", "--role", "root"], "The role is one of owner, issuer"),
        (["set_user", "--email", "owner@acme.example", "--role", "viewer"], "This is the only owner."),
        (["set_user", "--email", "owner@acme.example", "--role", "owner"], "has that name and role already"),
        (["set_user", "--email", "owner@acme.example", "--name", " "], "name"),
        (["close_user", "--email", "owner@acme.example"], "This is the only owner."),
        (["close_user", "--email", "owner@acme.example", "--reopen"], "This account is open already."),
        (["close_user", "--email", "nobody@acme.example"], "There is no such account here."),
        (["reset_password", "--email", "nobody@acme.example"], "There is no such account here."),
        (["reset_password", "--email", "owner@acme.example", "--password-stdin"], "at least 12 characters"),
        (["retire_key", "--key", "z6MkNone"], "no such signing key"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_and_writes_nothing(
    tenant: Tenant, owner: User, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    before = every_row()

    with pytest.raises(CommandError, match=sentence):
        call_command(*arguments, *ACME)

    assert every_row() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["set_user", "--tenant", "nobody", "--email", "a@b.example", "--name", "Ada"],
        ["close_user", "--tenant", "nobody", "--email", "a@b.example"],
        ["reset_password", "--tenant", "nobody", "--email", "a@b.example"],
        ["retire_key", "--tenant", "nobody"],
        ["suspend_tenant", "nobody", "--reason", "unpaid"],
        ["reinstate_tenant", "nobody"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_unknown_tenant_is_one_sentence_and_writes_nothing(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="There is no tenant nobody"):
        call_command(*arguments)

    assert every_row() == []


def test_a_closed_account_gets_no_new_password(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, "viewer")
    call_command("close_user", *ACME, "--email", viewer.email)
    before = every_row()

    with pytest.raises(CommandError, match="Open it first"):
        call_command("reset_password", *ACME, "--email", viewer.email)

    assert every_row() == before


def test_a_refusal_on_the_command_line_is_one_line_and_exit_code_1(tenant: Tenant) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"}
    program = (
        "from django.conf import settings; import sys; "
        f"settings.DYNAMODB_ENDPOINT_URL = {settings.DYNAMODB_ENDPOINT_URL!r}; "
        "from django.core.management import execute_from_command_line; "
        "execute_from_command_line(['manage.py', 'suspend_tenant', 'acme'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "CommandError: A suspension needs a reason.\n")


def test_suspend_tenant_refuses_staff_at_their_next_request_in_processes_that_run_already(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = log_in_as(owner, tenant)
    assert browser.get("/staff/").status_code == 200
    monkeypatch.setattr(tenants, "forget_tenant", lambda tenant: None)  # another process: the cache here goes on

    printed = run(capsys, "suspend_tenant", "acme", "--reason", "Unpaid since March.")

    answer = browser.get("/staff/")
    assert "Unpaid since March." in printed
    assert answer.status_code == 403
    assert "suspended: Unpaid since March." in answer.content.decode()
    assert browser.get("/").status_code == 200
    assert last_event(tenant) == ("tenant.suspended", *BY_OPERATOR)
    newcomer = browser_at(tenant)
    newcomer.post("/staff/login", {"email": owner.email, "password": PASSWORD})
    assert newcomer.get("/staff/").status_code == 403


def test_reinstate_tenant_lets_staff_in_at_their_next_request_in_processes_that_run_already(
    tenant: Tenant, owner: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = log_in_as(owner, tenant)
    run(capsys, "suspend_tenant", "acme", "--reason", "Unpaid since March.")
    assert browser.get("/staff/").status_code == 403
    assert browser_at(tenant).get("/staff/login").status_code == 403
    monkeypatch.setattr(tenants, "forget_tenant", lambda tenant: None)

    run(capsys, "reinstate_tenant", "acme", "--reason", "Paid.")

    assert browser.get("/staff/").status_code == 200
    assert last_event(tenant) == ("tenant.reinstated", *BY_OPERATOR)
    with pytest.raises(CommandError, match="not suspended now"):
        call_command("reinstate_tenant", "acme")


def sign(tenant: Tenant) -> tuple[str, str, str]:
    """The text, digest and key of a credential signed now."""
    credential = signed(tenant)
    return credential.text, credential.digest, credential.key_id


def issuer_result(tenant: Tenant, text: str, digest: str) -> str:
    return check_credential(tenant=tenant, text=text, expected_digest=digest).issuer.result


def test_retire_key_makes_another_first_if_it_was_the_last_and_what_it_signed_stays_good(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    text, digest, old = sign(tenant)

    printed = run(capsys, "retire_key", *ACME)

    _, _, new = sign(tenant)
    assert f"Retired: {old}\nSigns now, newly made: {new}\n" in printed
    assert new != old
    assert actions_of(tenant)[-2:] == ["key.created", "key.retired"]
    assert last_event(tenant) == ("key.retired", *BY_OPERATOR)
    with time_machine.travel(now() + timedelta(days=400)):
        forget_cached_keys()
        assert issuer_result(tenant, text, digest) == "pass"
        assert {key.kid for key in keys_of(tenant)} == {old, new}


def test_a_process_that_runs_already_signs_with_the_old_key_for_a_minute_and_these_signatures_are_good(
    tenant: Tenant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        cached = keys_of(tenant)
        run(capsys, "retire_key", *ACME)
        with monkeypatch.context() as other_process:
            other_process.setattr("defiso.credentials.keyring.keys_of", lambda tenant: cached)
            traveller.shift(timedelta(seconds=59))
            text, digest, kid = sign(tenant)
        assert kid == cached[0].kid
        traveller.shift(timedelta(seconds=2))
        assert sign(tenant)[2] != kid
        assert issuer_result(tenant, text, digest) == "pass"


def test_what_a_retired_key_signs_after_that_is_refused(
    tenant: Tenant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    thiefs = signing_key_of(tenant)
    run(capsys, "retire_key", *ACME)

    with time_machine.travel(now() + timedelta(seconds=125)):
        monkeypatch.setattr("defiso.credentials.services.signing_key_of", lambda tenant: thiefs)
        text, digest, _ = sign(tenant)
        assert issuer_result(tenant, text, digest) == "fail"


def test_of_two_keys_the_one_that_is_named_is_retired_and_none_is_made(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "retire_key", *ACME)
    first, second = (key.kid for key in keys_of(tenant))
    before = every_row()
    with pytest.raises(CommandError, match="retired already"):
        call_command("retire_key", *ACME, "--key", first)
    assert every_row() == before

    printed = run(capsys, "retire_key", *ACME, "--key", second)

    assert f"Retired: {second}" in printed
    assert "newly made" in printed
    assert len(keys_of(tenant)) == 3
    assert get_tenant("acme").slug == "acme"
