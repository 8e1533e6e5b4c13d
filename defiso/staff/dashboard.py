"""The first page of the staff area: what needs somebody today, then how many certificates stand how.

It looks at certificates and at anchoring, and so lives above both. A few reads, each bounded, however many there are.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.accounts.requests import StaffRequest
from defiso.anchoring.services import anchoring_summary
from defiso.certificates.figures import Month, read_figures
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.proposals import list_proposals
from defiso.certificates.reviews import read_surveillances
from defiso.certificates.states import Status
from defiso.core import clock
from defiso.core.permissions import Permission
from defiso.tenants.models import Tenant
from defiso.web.access import requires

SHOWN = 5
EXPIRING_DAYS = 90


@require_safe
@requires(Permission.VIEW)
def dashboard(request: StaffRequest) -> HttpResponse:
    figures = read_figures(tenant=request.tenant, today=clock.today(), expiring_days=EXPIRING_DAYS, most_reviews=SHOWN)
    waiting = _needs_somebody(request.tenant) | {"overdue": figures.reviews}
    waiting["proposals"] = list_proposals(tenant=request.tenant)
    waiting["surveillances"] = read_surveillances(tenant=request.tenant, today=clock.today(), most=SHOWN)
    context: dict[str, Any] = {
        **waiting,
        "figures": figures,
        "months": [_present_month(month) for month in figures.months],
        "expiring_days": EXPIRING_DAYS,
        "anchoring": anchoring_summary(tenant=request.tenant, handled_to=figures.as_of),
        "nothing_yet": not any(waiting.values()) and not any(figures.counts.values()),
    }
    return render(request, "registry/dashboard.html", context)


def _needs_somebody(tenant: Tenant) -> dict[str, list[Any]]:
    """A few of each: what was submitted for a decision, and certificates about to expire."""
    submitted, expiring = (
        list_certificates(tenant=tenant, filters=filters, today=clock.today(), size=SHOWN).items
        for filters in (Filters(status=Status.UNDER_REVIEW), Filters(status=Status.ACTIVE, expiring_days=EXPIRING_DAYS))
    )
    return {"submitted": submitted, "expiring": expiring}


def _present_month(month: Month) -> dict[str, Any]:
    """``November 2026``, how many expire in it, and of which standards, the most frequent first."""
    by_standard = sorted(month.by_standard.items(), key=lambda pair: (-pair[1], pair[0]))
    standards = ", ".join(f"ISO {code} {number:,}" for code, number in by_standard)
    return {"name": f"{month.first:%B %Y}", "number": month.number, "standards": standards}
