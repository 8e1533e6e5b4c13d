"""The answers that no domain owns: Django's error handlers, in the look of the product."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from defiso.web.refusals import answer_failure


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return answer_failure(request, status=404, code="not_found")


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return answer_failure(request, status=400, code="bad_request")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return answer_failure(request, status=403, code="forbidden")


def failed(request: HttpRequest) -> HttpResponse:
    return answer_failure(request, status=500, code="failed")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent from another site, or from a page that was open for too long."""
    return answer_failure(
        request,
        status=403,
        code="forbidden",
        title="That form is no longer good",
        sentence="It was open for too long, or it did not come from this site.",
        advice="Open the page again and repeat what you did. Nothing was changed.",
    )
