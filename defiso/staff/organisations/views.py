"""The staff's pages of clients: the list, one client with its certificates, and the form."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.core.permissions import Permission
from defiso.organisations.errors import ClientNotFoundError
from defiso.organisations.members import list_members
from defiso.organisations.merging import find_merged
from defiso.organisations.models import Client
from defiso.organisations.search import find_clients, list_clients, search_clients
from defiso.organisations.services import change_client, get_client, make_client
from defiso.staff.organisations import presentation
from defiso.staff.organisations.forms import COUNTRY_NAMES, ClientForm
from defiso.web.access import requires
from defiso.web.problems import refusals_shown_in


@require_safe
@requires(Permission.VIEW)
def list_page(request: StaffRequest) -> HttpResponse:
    text, cursor = request.GET.get("q", "").strip()[:300], request.GET.get("cursor")
    if text:
        found = search_clients(tenant=request.tenant, text=text, cursor=cursor)
        context: dict[str, Any] = {"page": found, "rows": [presentation.row_of_term(term) for term in found.items]}
    else:
        page = list_clients(tenant=request.tenant, cursor=cursor)
        context = {"page": page, "rows": [presentation.row_of_client(client) for client in page.items]}
    return render(request, "organisations/list.html", {**context, "text": text})


@require_safe
@requires(Permission.VIEW)
def pick(request: StaffRequest) -> HttpResponse:
    """The choices under a field in which a name is being typed, for htmx."""
    text = request.GET.get("client_search", "")[:300]
    return render(request, "organisations/_choices.html", {"text": text, "found": find_clients(request.tenant, text)})


@require_safe
@requires(Permission.VIEW)
def detail(request: StaffRequest, slug: str) -> HttpResponse:
    """A client, or where it went; one read and one query."""
    try:
        client = get_client(request.tenant, slug)
    except ClientNotFoundError:
        merged = find_merged(request.tenant, slug)
        if merged is None:
            raise
        return render(request, "organisations/merged.html", {"merged": merged})
    page = list_members(request.tenant.slug, slug, cursor=request.GET.get("cursor"))
    context = {"client": client, "page": page, **presentation.present_client(client, page.items)}
    return render(request, "organisations/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def new(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _show_form(request, ClientForm())
    form = ClientForm(request.POST)
    if form.is_valid():
        with refusals_shown_in(form):
            client = make_client(request.tenant, request.actor, **form.given)
            messages.success(request, "Added. Nothing of it is public.")
            return redirect("organisations:detail", client.slug)
    return _show_form(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def edit(request: StaffRequest, slug: str) -> HttpResponse:
    client = get_client(request.tenant, slug, consistent=True)
    if request.method != "POST":
        return _show_form(request, ClientForm.showing(client), client=client)
    form = ClientForm(request.POST)
    if form.is_valid():
        with refusals_shown_in(form):
            version = form.cleaned_data["version"] or 0
            fresh = change_client(
                tenant=request.tenant, actor=request.actor, slug=slug, version=version, given=form.given
            )
            messages.success(request, "Saved. Nothing that was issued has changed.")
            touched = fresh.details_changed_at != client.details_changed_at
            return redirect("organisations:to_revise" if touched else "organisations:detail", slug)
    return _show_form(request, form, client=client, status=422)


@require_safe
@requires(Permission.VIEW)
def to_revise(request: StaffRequest, slug: str) -> HttpResponse:
    """Certificates that print another name or address than the client has now."""
    client = get_client(request.tenant, slug)
    page = list_members(request.tenant.slug, slug, cursor=request.GET.get("cursor"), size=presentation.COMPARED)
    offers = presentation.present_offers(request.tenant, client, page.items)
    return render(request, "organisations/to_revise.html", {"client": client, "page": page, "offers": offers})


def _show_form(
    request: StaffRequest, form: ClientForm, *, client: Client | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "client": client, "countries": COUNTRY_NAMES}
    return render(request, "organisations/form.html", context, status=status)
