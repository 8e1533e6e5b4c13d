"""The tenant's audit log, a page at a time."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.audit.presentation import present_events
from defiso.audit.services import list_events
from defiso.core.permissions import Permission
from defiso.web.access import requires
from defiso.web.http import TenantRequest


@require_safe
@requires(Permission.READ_AUDIT)
def events(request: TenantRequest) -> HttpResponse:
    page = list_events(tenant=request.tenant, cursor=request.GET.get("cursor"))
    return render(request, "audit/list.html", {"page": page, "events": present_events(page.items)})
