"""The proof pack of a certificate: as an archive to keep, as JSON for scripts, and the page whose script checks it."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from defiso.chain.networks import EMBEDDED, network_of
from defiso.tenants.requests import TenantRequest
from defiso.verification.pack.contents import pack_files
from defiso.verification.pack.zipping import as_one_json, zipped
from defiso.verification.services import find_records
from defiso.verification.verdicts import Overall
from defiso.web.middleware import ASKING_NODES
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


@require_safe
def check(request: TenantRequest, number: str) -> HttpResponse:
    """``check``: the visitor's browser does what ``verify.py`` does, and asks nodes that the visitor may choose."""
    records = find_records(tenant=request.tenant, number=number)
    networks = [network_of(chain_id) for chain_id in (settings.CHAIN_ID, *settings.FORMER_CHAIN_RPC_URLS)]
    is_relayed = settings.CHAIN_ID == EMBEDDED
    here = [request.build_absolute_uri(reverse("chain"))] if is_relayed else []
    facts = {
        "number": number,
        "slug": records.slug,
        "chains": [network.name for network in networks],
        "nodes": [*here, *(node for network in networks for node in network.nodes)],
        "is_relayed": is_relayed,
        "overalls": [overall.value for overall in Overall],
    }
    answer = render(request, "verification/check.html", facts)
    answer["Content-Security-Policy"] = ASKING_NODES
    return answer
