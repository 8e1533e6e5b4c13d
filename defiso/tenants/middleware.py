"""Which face of the product a request sees: decided by its Host header alone, before anything else is read.

Sets ``request.tenant`` and ``request.urlconf``. ``X-Forwarded-Host`` is never looked at.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from defiso.core.errors import DomainError
from defiso.tenants.errors import UnknownHostError
from defiso.tenants.hosts import read_host
from defiso.tenants.models import Tenant
from defiso.tenants.services import find_tenant_by_host, open_to_staff
from defiso.web.access import is_staff_path
from defiso.web.middleware import GetResponse
from defiso.web.refusals import render_refusal

REGISTRY = "defiso.urls.registry"
PORTAL = "defiso.urls.portal"
HEALTH_PATH = "/healthz"  # all that is answered on a bare IP address, which is how machines ask


class TenantMiddleware:
    """Answers 400 to a malformed Host, 404 to an unknown one, 403 in the staff area of a suspended tenant."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = None  # type: ignore[attr-defined]
        request.urlconf = REGISTRY
        try:
            tenant = _tenant_of(request)
            if tenant is not None:
                request.tenant = tenant  # type: ignore[attr-defined]
                request.urlconf = PORTAL
                if is_staff_path(request.path_info):
                    request.tenant = open_to_staff(tenant)  # type: ignore[attr-defined]
        except DomainError as refusal:
            return render_refusal(request, refusal)
        return self.get_response(request)


def _tenant_of(request: HttpRequest) -> Tenant | None:
    """The tenant of the request's host; None on the apex. Raises MalformedHostError, UnknownHostError."""
    host = read_host(request.META.get("HTTP_HOST", ""))
    if host.name == settings.BASE_DOMAIN:
        return None
    if host.is_address and request.path_info == HEALTH_PATH:
        return None
    tenant = None if host.is_address else find_tenant_by_host(host.name)
    if tenant is None:
        raise UnknownHostError
    return tenant
