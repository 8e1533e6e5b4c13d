"""The first page of the staff area: what needs somebody today, then how many certificates stand how.

It looks at certificates and at anchoring, and so lives above both.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.anchoring.services import anchoring_summary
from defiso.certificates.lists import (
    Filters,
    count_by_status,
    count_expiring,
    list_certificates,
    list_overdue_reviews,
)
from defiso.certificates.states import Status
from defiso.core import clock
from defiso.store.pages import Counted
from defiso.tenants.models import Tenant
from defiso.web.access import Permission, requires
from defiso.web.http import TenantRequest

SHOWN = 5
EXPIRING_DAYS = 90


@require_safe
@requires(Permission.VIEW)
def dashboard(request: TenantRequest) -> HttpResponse:
    context = _needs_somebody(request.tenant) | _figures(request.tenant)
    context["anchoring"] = anchoring_summary(tenant=request.tenant)
    return render(request, "registry/dashboard.html", context)


def _needs_somebody(tenant: Tenant) -> dict[str, Any]:
    """A few of each: drafts to decide on, certificates about to expire, suspensions past their review."""
    today = clock.today()
    drafts, expiring = (
        list_certificates(tenant=tenant, filters=filters, today=today, size=SHOWN).items
        for filters in (Filters(status=Status.DRAFT), Filters(status=Status.ACTIVE, expiring_days=EXPIRING_DAYS))
    )
    overdue = list_overdue_reviews(tenant=tenant, today=today, size=SHOWN)
    return {"drafts": drafts, "expiring": expiring, "overdue": overdue}


def _figures(tenant: Tenant) -> dict[str, Any]:
    today = clock.today()
    counts = count_by_status(tenant=tenant, today=today)
    soon = count_expiring(tenant=tenant, today=today, days=EXPIRING_DAYS)
    return {
        "counts": {status.value: _shown(count) for status, count in counts.items()},
        "expiring_soon": _shown(soon),
        "expiring_days": EXPIRING_DAYS,
        "nothing_yet": not any(count.number for count in counts.values()),
    }


def _shown(count: Counted) -> int | str:
    return f"{count.number:,}+" if count.and_more else count.number
