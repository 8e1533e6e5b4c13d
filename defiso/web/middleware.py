"""What every request gets: an id, security headers, and a page instead of a traceback for a refusal."""

import logging
import time
from collections.abc import Callable
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from defiso.core.errors import DomainError
from defiso.web.compression import compress_page
from defiso.web.refusals import OVERSIZE, refuse_oversize, render_refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("defiso.web")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",  # a form's redirects too, in Chromium: none leads to another host
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# For a page whose script asks nodes of the blockchain that the visitor names: any by https, and the visitor's own.
ASKING_NODES = CONTENT_SECURITY_POLICY.replace(
    "connect-src 'self'", "connect-src 'self' https: http://127.0.0.1:* http://localhost:*"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
if settings.HTTPS:
    HEADERS["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


# In the form in which Django keeps headers: merged in one step, instead of checked and encoded for each answer.
PUBLIC_HEADERS = {name.lower(): (name, value) for name, value in {**HEADERS, "Cache-Control": "no-cache"}.items()}
STAFF_HEADERS = {**PUBLIC_HEADERS, "cache-control": ("Cache-Control", "no-store")}


class RequestContextMiddleware:
    """Outermost: names the request, and writes what every answer carries unless a view decided otherwise.

    Sets ``request_id`` and ``htmx``, which is whether htmx asks. A DomainError of a view, and a query beyond what is
    read, is answered with its page. Anything else stays a 500.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = token_hex(10)  # type: ignore[attr-defined]
        request.htmx = request.META.get("HTTP_HX_REQUEST") == "true"  # type: ignore[attr-defined]
        started = time.monotonic()
        response = self.get_response(request)
        compress_page(request, response)
        write_headers(request, response)
        milliseconds = (time.monotonic() - started) * 1000
        log.debug("%s %s %s %.0f ms", request.method, request.path, response.status_code, milliseconds)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OVERSIZE):
            return refuse_oversize(request, error)
        return render_refusal(request, error) if isinstance(error, DomainError) else None


def write_headers(request: HttpRequest, response: HttpResponse) -> None:
    """All headers of every answer, once; those that the view wrote stay as they are."""
    headers = response.headers
    ours = STAFF_HEADERS if request.path_info.startswith("/staff") else PUBLIC_HEADERS
    headers._store = {**ours, **headers._store}
    varies = headers.get("Vary")
    headers["Vary"] = f"{varies}, Host" if varies else "Host"
    headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
