"""Pages of the public are sent gzipped to whoever takes that; static files were compressed when they were collected.

Never a page of the staff area: its forms carry a secret, and the size of a compressed page can tell one (BREACH, 2013).
"""

import gzip

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from defiso.web.access import is_staff_path

SMALLEST = 500  # bytes; less fits one packet either way
LEVEL = 5  # measured on a certificate's page of 12 KB: 3.0 KB in 63 µs; level 1 3.3 KB in 63, level 9 3.0 KB in 75


def compress_page(request: HttpRequest, response: HttpResponse) -> None:
    """``compress`` the HTML of a public page that is long enough; anything else stays as it is."""
    if response.streaming or is_staff_path(request.path_info) or len(response.content) < SMALLEST:
        return
    if not response.headers.get("Content-Type", "").startswith("text/html") or "Content-Encoding" in response.headers:
        return
    compress(request, response)


def compress(request: HttpRequest, response: HttpResponse) -> None:
    """Gzip an answer in place where ``Accept-Encoding`` names gzip (RFC 9110, 12.5.3): one that tells no secret."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if not takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return
    response.content = gzip.compress(response.content, LEVEL, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
    if response.headers.get("ETag", "").startswith('"'):
        response.headers["ETag"] = f"W/{response.headers['ETag']}"  # other bytes, the same page (RFC 9110, 8.8.1)


def takes_gzip(accepted: str) -> bool:
    """Whether the header names gzip and does not refuse it with a weight of zero."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
