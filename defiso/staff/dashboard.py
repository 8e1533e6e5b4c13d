"""The first page of the staff area: what needs somebody today, then how many certificates stand how.

It looks at certificates and at anchoring, and so lives above both.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.accounts.requests import StaffRequest
from defiso.anchoring.services import anchoring_summary
from defiso.certificates.counts import count_certificates
from defiso.certificates.lists import (
    Filters,
    count_expired,
    count_expiring,
    list_certificates,
    list_overdue_reviews,
)
from defiso.certificates.states import Status
from defiso.core import clock
from defiso.core.permissions import Permission
from defiso.store.pages import Counted, sum_of
from defiso.tenants.models import Tenant
from defiso.web.access import requires

SHOWN = 5
EXPIRING_DAYS = 90


@require_safe
@requires(Permission.VIEW)
def dashboard(request: StaffRequest) -> HttpResponse:
    waiting, figures = _needs_somebody(request.tenant), _figures(request.tenant)
    context = (
        waiting
        | figures
        | {
            "anchoring": anchoring_summary(tenant=request.tenant),
            "nothing_yet": not any(waiting.values()) and not any(figures["counts"].values()),
        }
    )
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
    """The worker's counts by stored status, less what the clock has since moved from there to expired."""
    today = clock.today()
    stored = count_certificates(tenant=tenant)
    expired = count_expired(tenant=tenant, today=today)
    counts: dict[str, int | str] = {status: stored.get(status, 0) for status in (Status.DRAFT, Status.WITHDRAWN)}
    counts |= {status: max(0, stored.get(status, 0) - gone.number) for status, gone in expired.items()}
    counts[Status.EXPIRED] = _shown(sum_of(expired.values()))
    soon = count_expiring(tenant=tenant, today=today, days=EXPIRING_DAYS)
    return {"counts": counts, "expiring_soon": _shown(soon), "expiring_days": EXPIRING_DAYS}


def _shown(count: Counted) -> int | str:
    return f"{count.number:,}+" if count.and_more else count.number
