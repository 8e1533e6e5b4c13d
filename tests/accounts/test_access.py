import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from defiso.accounts.access import stop_without_access
from defiso.accounts.models import User
from defiso.core.permissions import ROLES, Permission, Role
from defiso.tenants.models import Tenant
from defiso.web.access import open_to_anyone, requires
from tests.staff import make_user


def request_of(user: User | None, path: str = "/staff/anything") -> Any:
    request = RequestFactory().get(path)
    request.staff = user
    request.htmx = False
    return request


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_a_view_opens_exactly_to_the_roles_that_have_its_permission(
    tenant: Tenant, role: str, permission: Permission
) -> None:
    user = make_user(tenant, role)
    view = requires(permission)(lambda request: HttpResponse())

    refusal = stop_without_access(request_of(user), view)

    if permission in ROLES[role]:
        assert refusal is None
    else:
        assert refusal is not None
        assert refusal.status_code == 403
        assert f"Your role ({role.replace('_', '-')}) does not allow this." in refusal.content.decode()


def test_a_view_of_the_staff_area_that_names_no_permission_opens_to_nobody(
    owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        refusals = [stop_without_access(request_of(user), unmarked) for user in (owner, None)]

    assert [refusal.status_code for refusal in refusals if refusal] == [403, 403]
    assert "names no permission" in caplog.text


def test_a_role_that_this_version_does_not_know_may_do_nothing(owner: User) -> None:
    owner.role = "superuser"

    refusal = stop_without_access(request_of(owner), requires(Permission.VIEW)(unmarked))

    assert refusal is not None
    assert refusal.status_code == 403


def test_the_log_in_page_is_open_and_public_pages_ask_for_nothing() -> None:
    assert stop_without_access(request_of(None), open_to_anyone(lambda request: HttpResponse())) is None
    assert stop_without_access(request_of(None, "/certificates/X"), lambda request: HttpResponse()) is None


def test_a_view_with_a_permission_is_guarded_outside_the_staff_area_too() -> None:
    view = requires(Permission.VIEW)(lambda request: HttpResponse())

    with override_settings(ROOT_URLCONF="defiso.urls.portal"):
        refusal = stop_without_access(request_of(None, "/elsewhere"), view)

    assert refusal is not None
    assert refusal.status_code == 302
