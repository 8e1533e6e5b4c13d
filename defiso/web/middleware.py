"""What every request gets: an id, security headers, and a page instead of a traceback for a refusal."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from defiso.core.errors import DomainError
from defiso.core.ids import new_id
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


class RequestContextMiddleware:
    """Outermost: names the request, and sets what every answer carries unless a view decided otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = new_id()  # type: ignore[attr-defined]
        started = time.monotonic()
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Cache-Control", "no-store" if request.path.startswith("/staff") else "no-cache")
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        patch_vary_headers(response, ["Host"])
        milliseconds = (time.monotonic() - started) * 1000
        log.debug("%s %s %s %.0f ms", request.method, request.path, response.status_code, milliseconds)
        return response


class RefusalMiddleware:
    """Answers a DomainError of a view, and a query beyond what is read, with its page. Anything else stays a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OVERSIZE):
            return refuse_oversize(request, error)
        return render_refusal(request, error) if isinstance(error, DomainError) else None
