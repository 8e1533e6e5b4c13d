"""The staff's pages on batches: a tenant sees the public facts of a batch and its own certificates in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.accounts.requests import StaffRequest
from defiso.anchoring.presentation import is_under_way, present_batch
from defiso.anchoring.services import certificates_in, get_batch, list_batches
from defiso.core.permissions import Permission
from defiso.outbox.services import count_set_aside
from defiso.web.access import requires


@require_safe
@requires(Permission.READ_CHAIN)
def batches(request: StaffRequest) -> HttpResponse:
    page = list_batches(tenant=request.tenant, cursor=request.GET.get("cursor"))
    shown = {"page": page, "under_way": is_under_way(page.items)}
    if request.htmx:
        return render(request, "anchoring/_batches.html", shown)
    return render(request, "anchoring/batches.html", shown | {"set_aside": count_set_aside(tenant=request.tenant)})


@require_safe
@requires(Permission.READ_CHAIN)
def batch(request: StaffRequest, batch_id: str) -> HttpResponse:
    found = get_batch(tenant=request.tenant, batch_id=batch_id)
    shown = present_batch(found)
    if request.htmx:
        return render(request, "anchoring/_batch.html", {"batch": shown})
    page = certificates_in(batch=found, tenant=request.tenant, cursor=request.GET.get("cursor"))
    return render(request, "anchoring/batch.html", {"batch": shown, "page": page})
