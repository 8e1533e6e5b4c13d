import threading

import pytest

from defiso.accounts.errors import EmailInUseError, InvalidUserError, OwnAccountError, UnknownUserError
from defiso.accounts.models import EmailClaim, User
from defiso.accounts.services import change_user, create_user, deactivate_user, get_user, reactivate_user
from defiso.audit.actors import SYSTEM
from defiso.audit.services import events_of
from defiso.core.errors import RefusedError
from defiso.core.permissions import ROLES, Permission, Role, permissions_of
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, actions_of, actor_of, make_user


def test_a_user_has_the_keys_that_the_design_fixes_in_one_transaction(tenant: Tenant) -> None:
    with counted_calls() as calls:
        user = make_user(tenant, Role.ISSUER, email="Prepares@Acme.example")

    assert calls == ["TransactWriteItems"]
    stored = User.find("TENANT#acme", f"USER#{user.id}", consistent=True)
    assert stored is not None
    assert (stored.GSI1PK, stored.GSI1SK) == ("EMAIL#prepares@acme.example", "TENANT#acme")
    claim = EmailClaim.find("TENANT#acme", "EMAIL#prepares@acme.example", consistent=True)
    assert claim is not None
    assert claim.user_id == user.id
    assert actions_of(tenant) == ["tenant.created", "user.created"]


def test_the_password_is_nowhere_in_the_store(tenant: Tenant, owner: User) -> None:
    assert PASSWORD not in repr(every_row())
    assert owner.password.startswith("argon2$argon2id$")


def test_no_event_tells_the_password_hash(tenant: Tenant, owner: User) -> None:
    (event,) = events_of(tenant_slug=tenant.slug, target_kind="USER", target_id=owner.id)

    assert event.after == {"email": owner.email, "name": owner.name, "role": "owner"}


@pytest.mark.parametrize("again", ["owner@acme.example", "OWNER@acme.EXAMPLE", " ｏｗｎｅｒ@acme.example"])
def test_an_address_in_use_is_refused_and_nothing_is_written(tenant: Tenant, owner: User, again: str) -> None:
    before = every_row()

    with pytest.raises(EmailInUseError):
        make_user(tenant, Role.VIEWER, email=again)

    assert every_row() == before


def test_one_address_may_have_an_account_at_each_tenant(tenant: Tenant, other: Tenant) -> None:
    first = make_user(tenant, email="auditor@example.org")
    second = make_user(other, email="auditor@example.org")

    assert first.id != second.id


def test_of_many_who_take_one_address_at_once_exactly_one_gets_it(tenant: Tenant) -> None:
    outcomes: list[str] = []

    def take() -> None:
        try:
            make_user(tenant)
            outcomes.append("created")
        except EmailInUseError:
            outcomes.append("refused")

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["created"] + ["refused"] * 7
    assert len(list(User.query("TENANT#acme", User.SK.startswith("USER#"), consistent_read=True))) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "a" * 250 + "@example.org"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "—"}, "name"),
        ({"name": "\u3164\uffa0"}, "name"),
        ({"name": "View\u202eer"}, "name"),
        ({"name": "View\ner"}, "name"),
        ({"name": "View\U000e0041er"}, "name"),
        ({"role": "root"}, "role"),
        ({"role": ""}, "role"),
        ({"password": "too short"}, "password"),
        ({"password": "the viewer2 of acme"}, "password"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_nothing_is_written(
    tenant: Tenant, change: dict[str, str], field: str
) -> None:
    good = {"email": "viewer2@acme.example", "name": "Viewer", "role": "viewer", "password": PASSWORD}
    before = every_row()

    with pytest.raises(InvalidUserError) as refusal:
        create_user(tenant=tenant, actor=SYSTEM, **{**good, **change})

    assert set(refusal.value.fields) == {field}
    assert every_row() == before


def test_a_name_with_a_hidden_character_is_refused_in_one_sentence(tenant: Tenant, owner: User) -> None:
    with pytest.raises(InvalidUserError, match=r"cannot have a character that nobody can see \(U\+200B\)"):
        create_user(
            tenant=tenant, actor=SYSTEM, email="v@acme.example", name="A\u200bnn", role="viewer", password=PASSWORD
        )
    with pytest.raises(InvalidUserError, match=r"\(U\+200B\)"):
        change_user(tenant=tenant, actor=SYSTEM, user_id=owner.id, name="A\u200bnn")


def test_the_roles_are_those_of_the_design() -> None:
    p = Permission
    assert {
        "owner": set(p),
        "issuer": {p.VIEW, p.PREPARE, p.SUSPEND, p.READ_CHAIN},
        "decision_maker": {p.VIEW, p.DECIDE, p.WITHDRAW, p.SUSPEND, p.READ_CHAIN},
        "auditor": {p.VIEW, p.READ_AUDIT, p.READ_CHAIN},
        "viewer": {p.VIEW, p.READ_CHAIN},
    } == ROLES
    assert permissions_of("a role of the future") == frozenset()


def test_a_role_is_changed_with_its_event(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)

    changed = change_user(tenant=tenant, actor=actor_of(owner), user_id=viewer.id, role="auditor")

    assert changed.role == "auditor"
    event = events_of(tenant_slug=tenant.slug, target_kind="USER", target_id=viewer.id)[-1]
    assert (event.action, event.before, event.after["role"]) == ("user.role_changed", {"role": "viewer"}, "auditor")


def test_nobody_changes_or_closes_their_own_account_so_that_an_owner_remains(tenant: Tenant, owner: User) -> None:
    before = every_row()

    with pytest.raises(OwnAccountError):
        change_user(tenant=tenant, actor=actor_of(owner), user_id=owner.id, role="viewer")
    with pytest.raises(OwnAccountError):
        deactivate_user(tenant=tenant, actor=actor_of(owner), user_id=owner.id, reason="leaving")

    assert every_row() == before


def test_a_user_of_another_tenant_is_not_found(tenant: Tenant, other: Tenant, owner: User) -> None:
    stranger = make_user(other)
    before = every_row()

    for attempt in (
        lambda: get_user(tenant=tenant, user_id=stranger.id),
        lambda: change_user(tenant=tenant, actor=actor_of(owner), user_id=stranger.id, role="viewer"),
        lambda: deactivate_user(tenant=tenant, actor=actor_of(owner), user_id=stranger.id, reason="hostile"),
    ):
        with pytest.raises(UnknownUserError):
            attempt()

    assert every_row() == before


def test_an_account_is_closed_once_and_opened_once(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)
    options = {"tenant": tenant, "actor": actor_of(owner), "user_id": viewer.id}

    assert deactivate_user(**options, reason="left").active is False
    with pytest.raises(RefusedError, match="closed already"):
        deactivate_user(**options, reason="left")
    assert reactivate_user(**options, reason="came back").active is True
    with pytest.raises(RefusedError, match="open already"):
        reactivate_user(**options, reason="came back")

    assert actions_of(tenant)[-2:] == ["user.deactivated", "user.reactivated"]
