"""Who may see a page of the staff area: enforced for every view, so a view that names no permission opens to nobody."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from defiso.accounts.requests import LogInRequest
from defiso.core.errors import ForbiddenError
from defiso.web.access import STAFF_AREA, is_staff_path, open_to_anyone, permission_of, requires
from defiso.web.refusals import render_refusal

__all__ = ["open_to_anyone", "requires", "safe_next", "stop_without_access"]

log = logging.getLogger("defiso.accounts")


def stop_without_access(request: LogInRequest, view: Callable[..., Any]) -> HttpResponse | None:
    """The answer to somebody who may not see this view, or None: they may."""
    if not is_staff_path(request.path_info) and not hasattr(view, "permission"):
        return None
    try:
        permission = permission_of(view)
    except LookupError as error:
        log.error("%s", error)
        return render_refusal(request, ForbiddenError("This page is not open to anybody yet."))
    if permission is None:
        return None
    if request.staff is None:
        return _ask_to_log_in(request)
    if permission not in request.staff.permissions:
        return render_refusal(request, ForbiddenError(f"Your role ({_words(request.staff.role)}) does not allow this."))
    return None


def safe_next(address: str) -> str:
    """Where to go after log-in: a path of this host's staff area, whatever was asked for."""
    inside = is_staff_path(address) and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if inside else STAFF_AREA


def _ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """A page is come back to after log-in; a form that was sent is not, as its input is gone."""
    back = {"next": request.get_full_path()} if request.method in ("GET", "HEAD") else {}
    address = reverse("accounts:login") + (f"?{urlencode(back)}" if back else "")
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _words(role: str) -> str:
    return role.replace("_", "-")
