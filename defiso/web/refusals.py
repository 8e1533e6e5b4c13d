"""Turning a refusal into an answer: the error page, or JSON where JSON was asked for."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from defiso.core.errors import DomainError
from defiso.web.words import refusal_of

OVERSIZE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
log = logging.getLogger("defiso.web")


def render_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a DomainError with its status and sentence; some carry Retry-After (RFC 9110, 10.2.3)."""
    response = answer_failure(
        request, status=error.status, code=error.code, sentence=error.sentence, retry_after=error.retry_after
    )
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def refuse_oversize(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to a form, or a query, beyond what is read: one log line, where Django writes a page of traceback."""
    log.warning("refused a %s to %r: %s", request.method, request.path, type(error).__name__)
    return answer_failure(request, status=413, code="too_large")


def answer_failure(
    request: HttpRequest, *, status: int, code: str, sentence: str = "", retry_after: int | None = None, **words: str
) -> HttpResponse:
    """``templates/error.html`` with this status, or ``{"error", "reason"}`` under a path that ends in ``.json``.

    ``words`` are a ``title`` and ``advice`` in place of those usual for the status.
    """
    if request.path.endswith(".json"):
        return JsonResponse({"error": code, "reason": sentence}, status=status)
    reference = getattr(request, "request_id", "")
    context = present_failure(status=status, sentence=sentence, retry_after=retry_after, request_id=reference, **words)
    return render(request, "error.html", context, status=status)


def present_failure(
    *,
    status: int,
    sentence: str = "",
    title: str = "",
    advice: str = "",
    retry_after: int | None = None,
    request_id: str = "",
) -> dict[str, Any]:
    """What ``error.html`` shows; words that are not given are those usual for the status."""
    usual = refusal_of(status)
    return {
        "status": status,
        "title": title or usual.title,
        "sentence": sentence or usual.sentence,
        "advice": advice or usual.advice,
        "retry_after": retry_after,
        "request_id": request_id,
    }
