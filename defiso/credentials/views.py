"""Public documents about keys and terms, readable from any origin: what an independent verifier asks for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from defiso.credentials.contexts import context_bytes
from defiso.credentials.did import did_document, issuer_profile
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
def terms(request: HttpRequest, url: str) -> HttpResponse:
    return _open_for(HttpResponse(context_bytes(url), content_type="application/ld+json"), TERMS_SECONDS)


def _open_for(response: HttpResponse, seconds: int) -> HttpResponse:
    return open_to_all(response, cache_control=f"public, max-age={seconds}")
