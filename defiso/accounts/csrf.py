"""Forms come from our own pages: Django's token check, and an Origin that is exactly this host's.

All tenants' hosts are same-site, so SameSite cookies do not keep one tenant's page from posting to another.
Django alone lets a request without Origin pass on plain HTTP; here the Referer must then say it.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from defiso.web.refusals import OVERSIZE, refuse_oversize
from defiso.web.views import csrf_failure

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")  # RFC 9110, 9.2.1
log = logging.getLogger("defiso.accounts")


class OwnOriginMiddleware(CsrfViewMiddleware):
    """Takes the place of CsrfViewMiddleware; a view that is exempt from one is exempt from both."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> Any:
        exempt = getattr(callback, "csrf_exempt", False) or getattr(request, "_dont_enforce_csrf_checks", False)
        if request.method not in SAFE_METHODS and not exempt and not is_from_own_origin(request):
            log.warning("refused a %s to %r from another origin", request.method, request.path)
            return csrf_failure(request, reason="origin")
        try:
            return super().process_view(request, callback, callback_args, callback_kwargs)
        except OVERSIZE as error:  # the token is the first that is read of a form
            return refuse_oversize(request, error)


def is_from_own_origin(request: HttpRequest) -> bool:
    """Whether Origin, or Referer where there is no Origin, is the scheme, host and port that were asked."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        try:
            referer = urlsplit(request.META.get("HTTP_REFERER", ""))
        except ValueError:
            return False
        origin = f"{referer.scheme}://{referer.netloc}"
    return bool(origin == f"{request.scheme}://{request.get_host()}")
