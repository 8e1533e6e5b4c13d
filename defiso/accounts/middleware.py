"""Who is asking: reads the session in the staff area, and lets each view be seen by those it names.

Sets ``request.session_record``, ``request.staff`` (both None before log-in) and ``request.actor``. Public pages read no
session, so a certificate costs the same with a cookie as without.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from defiso.accounts.access import stop_without_access
from defiso.accounts.addresses import read_client_address
from defiso.accounts.cookies import clear_cookie, read_cookie
from defiso.accounts.sessions import OpenSession, read_session
from defiso.audit.actors import Actor
from defiso.core.errors import DomainError
from defiso.web.access import is_staff_path
from defiso.web.middleware import GetResponse
from defiso.web.refusals import render_refusal


class SessionMiddleware:
    """Stands after the tenant's middleware and before the CSRF check: log-in is asked for before a form is judged."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = read_cookie(request) if is_staff_path(request.path_info) else ""
        tenant = request.tenant  # type: ignore[attr-defined]
        try:
            found = read_session(tenant=tenant, cookie=cookie) if tenant and cookie else None
        except DomainError as refusal:
            return render_refusal(request, refusal)
        request.session_record = found.session if found else None  # type: ignore[attr-defined]
        request.staff = found.user if found else None  # type: ignore[attr-defined]
        request.actor = _actor_of(request, found)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if cookie and not found and settings.SESSION_COOKIE_NAME not in response.cookies:
            clear_cookie(response)
        if is_staff_path(request.path_info):
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        return stop_without_access(request, view)


def _actor_of(request: HttpRequest, found: OpenSession | None) -> Actor:
    meta = request.META
    ip = read_client_address(
        meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES
    )
    where = {"ip": ip, "user_agent": meta.get("HTTP_USER_AGENT", ""), "request_id": getattr(request, "request_id", "")}
    if found is None:
        return Actor("anonymous", "user", "Not logged in", **where)
    return Actor(found.user.id, "user", found.user.name, **where)
