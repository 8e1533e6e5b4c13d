"""A log as files for whoever follows it, and as pages for people: of the host's body, on the apex the platform's."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from defiso.core.canonical import sha256
from defiso.verification.log.files import name_of, read_file
from defiso.verification.log.signed import Log, newest_checkpoint
from defiso.web.compression import compress
from defiso.web.open_to_all import IMMUTABLE, open_to_all

TEXT = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint as a signed note (c2sp.org/tlog-checkpoint)."""
    return _file(request, newest_checkpoint(_log(request)).note.encode(), TEXT, cache_control="no-cache")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The verifier keys (c2sp.org/signed-note), one a line: the log's own, and last the one that cosigns."""
    lines = "".join(f"{key.text}\n" for key in _log(request).keys)
    return _file(request, lines.encode(), TEXT, cache_control="no-cache")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or a bundle of entries (c2sp.org/tlog-tiles); what is answered once never changes."""
    name = name_of(path)
    octets = read_file(_log(request), name)
    return _file(request, octets, OCTETS, cache_control=IMMUTABLE, worth_packing=name.level is None)


def _log(request: HttpRequest) -> Log:
    return Log(request.tenant)  # type: ignore[attr-defined]  # the tenant's middleware gives every request one, or None


def _file(
    request: HttpRequest, octets: bytes, content_type: str, *, cache_control: str, worth_packing: bool = False
) -> HttpResponse:
    """Any page may read it; whoever has it already is told so."""
    etag = f'"{sha256(octets).hex()[:32]}"'
    response = HttpResponse(octets, content_type=content_type, headers={"ETag": etag})
    open_to_all(response, cache_control=cache_control)
    if worth_packing:
        compress(request, response)
    return get_conditional_response(request, etag=etag, response=response) or response
