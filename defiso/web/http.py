"""The request as views see it once the middleware has run. For type checkers only."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class TenantRequest(HttpRequest):
    """A request on a tenant's host. ``staff`` is None before log-in; ``actor`` is then anonymous."""

    tenant: Any
    staff: Any
    session_record: Any
    actor: Any
    request_id: str
    htmx: HtmxDetails
