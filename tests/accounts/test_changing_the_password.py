import pytest

from defiso.accounts.authentication import change_password, log_in
from defiso.accounts.errors import LockedOutError
from defiso.accounts.models import User
from defiso.core.errors import ChangedMeanwhileError
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, actions_of, actor_of, log_in_as

NEW = "a different set of words"


def answers(**changes: str) -> dict[str, str]:
    return {"current": PASSWORD, "new": NEW, "repeated": NEW, **changes}


def test_the_new_password_works_and_the_old_one_does_not(tenant: Tenant, owner: User) -> None:
    browser = log_in_as(owner, tenant)

    response = browser.post("/staff/password", answers())

    assert response["Location"] == "/staff/sessions"
    assert log_in(tenant=tenant, actor=actor_of(owner), email=owner.email, password=PASSWORD) is None
    assert log_in(tenant=tenant, actor=actor_of(owner), email=owner.email, password=NEW)
    assert "user.password_changed" in actions_of(tenant)


def test_all_other_sessions_end_and_this_one_goes_on_under_a_new_cookie(tenant: Tenant, owner: User) -> None:
    here, elsewhere, stolen = (log_in_as(owner, tenant) for _ in range(3))
    stolen.cookies["session"] = here.cookies["session"].value

    page = here.post("/staff/password", answers(), follow=True).content.decode()

    assert "Your password is changed." in page
    assert here.get("/staff/sessions").status_code == 200
    assert elsewhere.get("/staff/sessions").status_code == 302
    assert stolen.get("/staff/sessions").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"new": "too short", "repeated": "too short"}, "at least 12 characters"),
        ({"new": "owner of this place", "repeated": "owner of this place"}, "name of your e-mail address"),
        ({"repeated": "a different set of word"}, "not the same password"),
        ({"new": PASSWORD, "repeated": PASSWORD}, "the current password"),
        ({"current": ""}, "required"),
    ],
)
def test_a_form_with_a_problem_says_so_and_writes_nothing(
    tenant: Tenant, owner: User, wrong: dict[str, str], sentence: str
) -> None:
    browser = log_in_as(owner, tenant)
    before = every_row()

    response = browser.post("/staff/password", answers(**wrong))

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert NEW not in page
    assert every_row() == before


def test_a_wrong_current_password_is_refused_recorded_and_counted_like_a_failed_log_in(
    tenant: Tenant, owner: User
) -> None:
    browser = log_in_as(owner, tenant)

    for _ in range(5):
        response = browser.post("/staff/password", answers(current="not the right password"))
        assert response.status_code == 422
        assert "This is not your current password." in response.content.decode()

    assert browser.post("/staff/password", answers()).status_code == 429
    assert actions_of(tenant)[-2:] == ["user.password_change_failed", "user.locked_out"]
    with pytest.raises(LockedOutError):
        log_in(tenant=tenant, actor=actor_of(owner), email=owner.email, password=PASSWORD)


def test_of_two_changes_at_once_one_is_told(tenant: Tenant, owner: User) -> None:
    options = {"tenant": tenant, "actor": actor_of(owner), "user": owner, "current": PASSWORD, "replaces": None}
    assert change_password(**options, new=NEW)

    with pytest.raises(ChangedMeanwhileError):
        change_password(**options, new="yet another set of words")

    assert log_in(tenant=tenant, actor=actor_of(owner), email=owner.email, password=NEW)
