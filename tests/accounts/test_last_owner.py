"""A tenant keeps an owner, whoever acts and however many at once."""

import threading
from collections.abc import Callable

import pytest

from defiso.accounts import services
from defiso.accounts.errors import LastOwnerError, NoOwnerError
from defiso.accounts.models import User
from defiso.accounts.services import change_user, deactivate_user, get_user, reactivate_user
from defiso.audit.actors import OPERATOR
from defiso.core.errors import DomainError
from defiso.core.permissions import Role
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import actions_of, actor_of, make_user


def demote(tenant: Tenant, actor: User, target: User) -> None:
    change_user(tenant=tenant, actor=actor_of(actor), user_id=target.id, role="viewer")


def close(tenant: Tenant, actor: User, target: User) -> None:
    deactivate_user(tenant=tenant, actor=actor_of(actor), user_id=target.id, reason="left")


def owners_left(tenant: Tenant) -> int:
    rows = User.query(f"TENANT#{tenant.slug}", User.SK.startswith("USER#"), consistent_read=True)
    return sum(row.active and row.role == Role.OWNER for row in rows)


def test_the_last_active_owner_is_neither_demoted_nor_closed_even_by_the_operator(tenant: Tenant, owner: User) -> None:
    second = make_user(tenant, email="second@acme.example")
    make_user(tenant, Role.ISSUER)
    close(tenant, owner, second)
    before = every_row()

    with pytest.raises(LastOwnerError, match="only owner"):
        change_user(tenant=tenant, actor=OPERATOR, user_id=owner.id, role="viewer")
    with pytest.raises(LastOwnerError):
        deactivate_user(tenant=tenant, actor=OPERATOR, user_id=owner.id, reason="left")

    assert every_row() == before


def test_an_owner_opened_again_or_made_one_lets_the_other_go(tenant: Tenant, owner: User) -> None:
    second = make_user(tenant, email="second@acme.example")
    third = make_user(tenant, Role.ISSUER)
    close(tenant, owner, second)
    reactivate_user(tenant=tenant, actor=OPERATOR, user_id=second.id, reason="came back")

    demote(tenant, second, owner)
    change_user(tenant=tenant, actor=OPERATOR, user_id=third.id, role="owner")
    demote(tenant, third, second)

    assert owners_left(tenant) == 1


def test_an_owner_of_another_tenant_does_not_count(tenant: Tenant, other: Tenant, owner: User) -> None:
    make_user(other)

    with pytest.raises(LastOwnerError):
        change_user(tenant=tenant, actor=OPERATOR, user_id=owner.id, role="viewer")


@pytest.mark.parametrize("first", [demote, close])
@pytest.mark.parametrize("second", [demote, close])
def test_two_owners_cannot_take_each_other_away_at_the_same_moment(
    tenant: Tenant,
    owner: User,
    first: Callable[..., None],
    second: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both have read that the other is there before either writes. A third owner is there: one of the two stays all
    the same, as nobody acts who is an owner no more."""
    rival = make_user(tenant, email="second@acme.example")
    make_user(tenant, email="third@acme.example")
    both_have_read = threading.Barrier(2, timeout=20)
    keep_an_owner = services.keep_an_owner

    def read_and_wait(*args: object, **kwargs: object) -> None:
        keep_an_owner(*args, **kwargs)  # type: ignore[arg-type]
        both_have_read.wait()

    monkeypatch.setattr(services, "keep_an_owner", read_and_wait)
    outcomes = at_once(lambda: first(tenant, owner, rival), lambda: second(tenant, rival, owner))

    assert sorted(outcomes) == ["done", "refused"]
    assert owners_left(tenant) == 2


@pytest.mark.parametrize("act", [demote, close])
def test_of_many_owners_who_all_take_away_the_next_at_once_one_is_left(
    tenant: Tenant, owner: User, act: Callable[..., None]
) -> None:
    owners = [owner, *(make_user(tenant, email=f"owner-{number}@acme.example") for number in range(3))]

    for _ in range(3):
        at_once(*(lambda place=place: act(tenant, owners[place - 1], owners[place]) for place in range(4)))

    assert owners_left(tenant) >= 1


def test_two_operators_take_away_the_last_two_owners_at_once_and_one_is_told(
    tenant: Tenant, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival = make_user(tenant, email="second@acme.example")
    both_have_read = threading.Barrier(2, timeout=20)
    keep_an_owner = services.keep_an_owner

    def read_and_wait(*args: object, **kwargs: object) -> None:
        keep_an_owner(*args, **kwargs)  # type: ignore[arg-type]
        both_have_read.wait()

    monkeypatch.setattr(services, "keep_an_owner", read_and_wait)
    outcomes = at_once(
        *(
            lambda user=user: change_user(tenant=tenant, actor=OPERATOR, user_id=user.id, role="viewer")
            for user in (owner, rival)
        )
    )

    assert sorted(outcomes) == ["done", "refused"]
    assert owners_left(tenant) == 1
    assert actions_of(tenant).count("user.role_changed") == 1


def test_who_was_an_owner_when_the_page_was_opened_does_nothing_as_one_any_more(tenant: Tenant, owner: User) -> None:
    former, viewer = make_user(tenant, email="second@acme.example"), make_user(tenant, Role.VIEWER)
    demote(tenant, owner, former)
    before = every_row()

    for attempt in (
        lambda: demote(tenant, former, owner),
        lambda: close(tenant, former, viewer),
        lambda: change_user(tenant=tenant, actor=actor_of(former), user_id=viewer.id, role="owner"),
    ):
        with pytest.raises((NoOwnerError, LastOwnerError)):
            attempt()

    assert every_row() == before
    assert get_user(tenant=tenant, user_id=viewer.id).role == "viewer"


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all of them in threads of their own; ``done`` or ``refused`` of each. A bug fails the test."""
    outcomes: list[str] = []

    def attempt(act: Callable[[], object]) -> None:
        try:
            act()
            outcomes.append("done")
        except DomainError:
            outcomes.append("refused")

    threads = [threading.Thread(target=attempt, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(acts)
    return outcomes
