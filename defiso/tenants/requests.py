"""A request on a tenant's host, as views see it once the middleware has run. For type checkers."""

from django.http import HttpRequest

from defiso.tenants.models import Tenant


class TenantRequest(HttpRequest):
    tenant: Tenant
    request_id: str
    htmx: bool
