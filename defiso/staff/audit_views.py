"""The tenant's audit log, a page at a time."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.accounts.requests import StaffRequest
from defiso.audit.services import list_events
from defiso.auditing.daily import known_last_check
from defiso.core.permissions import Permission
from defiso.staff.audit_words import present_events
from defiso.transparency.positions import positions_of
from defiso.web.access import requires


@require_safe
@requires(Permission.READ_AUDIT)
def events(request: StaffRequest) -> HttpResponse:
    slug = request.tenant.slug
    page = list_events(tenant_slug=slug, cursor=request.GET.get("cursor"))
    events = present_events(page.items, positions_of(page.items))
    return render(request, "audit/list.html", {"page": page, "events": events, "last_check": known_last_check(slug)})
