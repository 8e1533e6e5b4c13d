"""Which certificates are on an edition that is being replaced: how many a month, by when, and their list."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.accounts.requests import StaffRequest
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.states import Status
from defiso.certificates.transitions import Leaving, read_transition, read_transitions
from defiso.core import clock
from defiso.core.errors import NotFoundError
from defiso.core.permissions import Permission
from defiso.web.access import requires
from defiso.web.charts import draw_bars


@require_safe
@requires(Permission.VIEW)
def overview(request: StaffRequest) -> HttpResponse:
    leaving = read_transitions(tenant=request.tenant, today=clock.today())
    return render(request, "transitions/list.html", {"transitions": leaving})


@require_safe
@requires(Permission.VIEW)
def transition(request: StaffRequest, code: str, year: str) -> HttpResponse:
    """One query for the figures; the list behind its filter one more, and at most ``pages.MOST_CALLS``."""
    today = clock.today()
    leaving = read_transition(tenant=request.tenant, code=code, year=year, today=today)
    if leaving is None:
        raise NotFoundError("No newer edition replaces this one.")
    filters = Filters(status=Status.ACTIVE, standard=code, edition=leaving.edition.title)
    cursor = request.GET.get("cursor")
    page = list_certificates(tenant=request.tenant, filters=filters, today=today, cursor=cursor)
    return render(request, "transitions/one.html", {"leaving": leaving, "page": page, **_chart(leaving)})


def _chart(leaving: Leaving) -> dict[str, Any]:
    named = [(f"{first:%B %Y}", number) for first, number in leaving.months]
    bars = draw_bars([(number, bool(leaving.end and first > leaving.end)) for first, number in leaving.months])
    most = max(named, key=lambda month: month[1], default=None)
    return {"bars": bars, "most": most, "named": named}
