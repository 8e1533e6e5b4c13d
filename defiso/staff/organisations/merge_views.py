"""Merging two rows that are one client: choose the other, see what will move, do it; and undo it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.core.permissions import Permission
from defiso.organisations.merging import merge_clients, part_clients, plan_merge
from defiso.organisations.search import OFFERED, find_clients
from defiso.organisations.services import get_client
from defiso.staff.organisations.presentation import row_of_member, row_of_term
from defiso.web.access import requires


@require_safe
@requires(Permission.PREPARE)
def choose(request: StaffRequest, slug: str) -> HttpResponse:
    """The other one is looked for by the words of this one's name, unless others are typed."""
    client = get_client(request.tenant, slug)
    text = request.GET.get("q", "").strip()[:300] or str(client.name).split()[0]
    found = find_clients(request.tenant, text, most=OFFERED + 1)
    rows = [row_of_term(term) for term in found if term.slug != slug]
    return render(request, "organisations/merge.html", {"client": client, "text": text, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def confirm(request: StaffRequest, slug: str, target: str) -> HttpResponse:
    if request.method == "POST":
        versions = (_number(request, "source_version"), _number(request, "target_version"))
        kept = merge_clients(tenant=request.tenant, actor=request.actor, source=slug, target=target, versions=versions)
        messages.success(request, "Merged. It can be undone below while nothing has built on it.")
        return redirect("organisations:detail", kept.slug)
    plan = plan_merge(tenant=request.tenant, source=slug, target=target)
    context = {"plan": plan, "rows": [row_of_member(member) for member in plan.certificates]}
    return render(request, "organisations/merge_confirm.html", context)


@require_POST
@requires(Permission.PREPARE)
def part(request: StaffRequest, slug: str) -> HttpResponse:
    client = part_clients(tenant=request.tenant, actor=request.actor, slug=slug)
    messages.success(request, "The merge is undone: both are as they were.")
    return redirect("organisations:detail", client.slug)


def _number(request: StaffRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
