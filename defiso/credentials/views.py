"""Public documents about keys and terms, readable from any origin: what an independent verifier asks for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from defiso.credentials.contexts import TERMS_V1, context_bytes
from defiso.credentials.did import did_document, issuer_profile
from defiso.credentials.status_lists import KEPT_SECONDS, read_status_list
from defiso.tenants.requests import TenantRequest
from defiso.web.open_to_all import open_to_all

KEYS_SECONDS = 60
TERMS_SECONDS = 86_400


@require_safe
def did(request: TenantRequest) -> HttpResponse:
    return _open_for(JsonResponse(did_document(request.tenant)), KEYS_SECONDS)


@require_safe
def profile(request: TenantRequest) -> HttpResponse:
    return _open_for(JsonResponse(issuer_profile(request.tenant)), KEYS_SECONDS)


@require_safe
def status_list(request: TenantRequest, purpose: str, number: int) -> HttpResponse:
    """A status list as a signed credential; an unchanged one is not sent twice."""
    found = read_status_list(tenant=request.tenant, purpose=purpose, number=number)
    response = HttpResponse(found.body, content_type="application/vc; charset=utf-8", headers={"ETag": found.etag})
    answer = get_conditional_response(request, etag=found.etag, response=response)
    return _open_for(answer or response, KEPT_SECONDS)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _open_for(HttpResponse(context_bytes(TERMS_V1), content_type="application/ld+json"), TERMS_SECONDS)


def _open_for(response: HttpResponse, seconds: int) -> HttpResponse:
    return open_to_all(response, cache_control=f"public, max-age={seconds}")
