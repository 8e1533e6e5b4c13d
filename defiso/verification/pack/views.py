"""The proof pack of a certificate, as an archive to keep and as JSON for scripts."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from defiso.tenants.requests import TenantRequest
from defiso.verification.pack.contents import pack_files
from defiso.verification.pack.zipping import as_one_json, zipped
from defiso.web.open_to_all import open_to_all


@require_safe
def archive(request: TenantRequest, number: str) -> HttpResponse:
    """``proof-pack.zip``: for people, with ``verify.py`` and README."""
    answer = HttpResponse(zipped(pack_files(request.tenant, number)), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="proof-pack.zip"'
    return open_to_all(answer, cache_control="no-cache")


@require_safe
def as_json(request: TenantRequest, number: str) -> HttpResponse:
    """``proof-pack.json``: ``{"files": {name: text}}``, the same files."""
    answer = HttpResponse(as_one_json(pack_files(request.tenant, number)), content_type="application/json")
    return open_to_all(answer, cache_control="no-cache")
