"""The pages on which a draft is written: its start, a page for each task, and those of its sites.

Each page is saved as it is left, by a button or by the script; what is wrong is kept, and marked.
"""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.certificates import services
from defiso.certificates.acts.copy import copy_certificate
from defiso.certificates.acts.draft import draft_certificate, edit_draft
from defiso.certificates.acts.table import EDIT, require_act
from defiso.certificates.content import Accreditation, Content, without_blanks
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.reference import ACCREDITATION_BODIES, CERTIFICATION_TYPES, arrangement_on
from defiso.certificates.staff.draft_form import DraftForm
from defiso.certificates.staff.form_content import read_standard
from defiso.certificates.staff.forms import COUNTRY_NAMES, StartForm
from defiso.certificates.staff.sections import SECTIONS, Section, address_of, first_unfinished, section_named
from defiso.core import clock
from defiso.core.permissions import Permission
from defiso.organisations.models import Client
from defiso.organisations.services import find_clients, get_client
from defiso.web.access import requires
from defiso.web.problems import refusals_shown_in


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def new(request: StaffRequest) -> HttpResponse:
    """What a draft is listed by; with that it is kept, and its tasks are shown. ``?copy=FM-1`` begins with a copy."""
    if request.method != "POST":
        source = _to_copy(request, request.GET.get("copy", ""))
        values: dict[str, Any] = {}
        if source:
            standard = request.GET.get("standard", "")
            values = {"copy_of": source.slug, "legal_name": source.organisation_name, "standard": standard}
        return _show_start(request, StartForm.beginning(integrated="standard" in request.GET, **values), source)
    source = _to_copy(request, request.POST.get("copy_of", ""))
    if "find" in request.POST or "client" in request.POST:
        return _show_start(request, _with_client(request), source)
    form = StartForm(request.POST)
    if form.is_valid():
        with refusals_shown_in(form):
            return redirect("certificates:detail", _begin(request, form.cleaned_data, source).slug)
    return _show_start(request, form, source, status=422)


@require_safe
@requires(EDIT.permission)
def edit(request: StaffRequest, number: str) -> HttpResponse:
    """To the first page with something left to do."""
    draft = draft_for_editing(request, number)
    section = first_unfinished(dictionary_of(draft), today=clock.today())
    return redirect(address_of(section, draft.slug))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EDIT.permission)
def write(request: StaffRequest, number: str, section: str) -> HttpResponse:
    """One page of a draft. With ``keeping``, the script that saves a page as it is left is answered."""
    page = section_named(section)
    if page is None or page.form is None:
        raise Http404
    draft = draft_for_editing(request, number)
    content = dictionary_of(draft)
    if request.method != "POST":
        return _show(request, page, draft, page.form.showing(content, version=int(draft.version)))
    if reopened := page.form.reopened(request.POST, draft=content):
        return _show(request, page, draft, reopened, typed=True)
    form = page.form(request.POST, draft=content)
    form.is_valid()
    if form.can_be_kept:
        with refusals_shown_in(form):
            return _saved(request, page, form, keep_draft(request, draft, form.content, form.cleaned_data["version"]))
    if "keeping" in request.POST:
        return JsonResponse({}, status=422)
    return _show(request, page, draft, form, typed=True, status=422)


def draft_for_editing(request: StaffRequest, number: str) -> Certificate:
    """The draft, if it may still be written. Raises CertificateNotFoundError, TransitionRefusedError."""
    draft = services.get_certificate(tenant=request.tenant, number=number, consistent=True)
    require_act(EDIT, number=draft.number, status=draft.status_today)
    return draft


def _with_client(request: StaffRequest) -> StartForm:
    """The form as typed, with the client that was picked, if one was."""
    typed = {name: request.POST.get(name, "") for name in StartForm.base_fields}
    if slug := request.POST.get("client"):
        client = get_client(request.tenant, slug)
        typed |= {"picked": client.slug, "legal_name": client.name}
    return StartForm(initial=typed)


def _begin(request: StaffRequest, typed: dict[str, Any], source: Certificate | None) -> Certificate:
    tenant, actor, draft_key = request.tenant, request.actor, typed["draft_key"]
    standard = read_standard(typed["standard"])
    if source is None or standard is None:
        content = _first_content(request, typed)
        return draft_certificate(tenant=tenant, actor=actor, content=content, draft_key=draft_key)
    return copy_certificate(
        tenant=tenant,
        actor=actor,
        number=source.slug,
        standard=standard,
        new_number=typed["number"],
        integrated=typed["integrated"],
        draft_key=draft_key,
    )


def _to_copy(request: StaffRequest, number: str) -> Certificate | None:
    """The certificate to begin with. Raises CertificateNotFoundError."""
    return services.get_certificate(tenant=request.tenant, number=number) if number else None


def _show_start(
    request: StaffRequest, form: StartForm, source: Certificate | None, *, status: int = 200
) -> HttpResponse:
    text = request.POST.get("client_search", "")[:300]
    context: dict[str, Any] = {"form": form, "source": source, "text": text}
    context["found"] = find_clients(request.tenant, text) if "find" in request.POST else None
    return render(request, "certificates/start.html", context, status=status)


def keep_draft(request: StaffRequest, draft: Certificate, content: Content, version: int | None) -> Certificate:
    return edit_draft(
        tenant=request.tenant, actor=request.actor, number=draft.slug, content=content, version=version or 0
    )


def _saved(request: StaffRequest, page: Section, form: DraftForm, kept: Certificate) -> HttpResponse:
    if "keeping" in request.POST:
        return JsonResponse({"version": int(kept.version), "address": address_of(page, kept.slug)})
    if form.is_wrong:
        messages.warning(request, "Saved as it is. Before it is issued, this must be corrected.")
        return redirect(address_of(page, kept.slug))
    following = SECTIONS[SECTIONS.index(page) + 1 :]
    if following and "list" not in request.POST:
        return redirect(address_of(following[0], kept.slug))
    messages.success(request, EDIT.message)
    return redirect("certificates:detail", kept.slug)


def _show(
    request: StaffRequest, page: Section, draft: Certificate, form: DraftForm, *, typed: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "certificate": draft,
        "section": page,
        "position": SECTIONS.index(page) + 1,
        "count": len(SECTIONS),
        "form": form,
        "typed": typed,
        "accreditation_bodies": ACCREDITATION_BODIES,
        "countries": COUNTRY_NAMES,
    }
    return render(request, "certificates/write.html", context, status=status)


def organisation_of(client: Client, *, legal_name: str) -> Content:
    """What a certificate says of a client, under the name typed."""
    ids = client.legal_ids or []
    organisation = {
        "legalName": legal_name,
        "englishName": client.english_name,
        "clientId": client.client_number,
        "address": client.address,
        "country": client.country,
        "legalIds": [{"scheme": one["scheme"], "value": one["value"]} for one in ids],
    }
    return cast(Content, {"organisation": without_blanks(organisation), "client": client.slug})


def _first_content(request: StaffRequest, typed: dict[str, Any]) -> Content:
    """What was typed, and what is usually the same in a new certificate of this body."""
    content: Content = {
        "organisation": {"legalName": typed["legal_name"]},
        "scopeLanguage": "en",
        "certificationType": CERTIFICATION_TYPES[0],
    }
    if typed["picked"]:
        content |= organisation_of(get_client(request.tenant, typed["picked"]), legal_name=typed["legal_name"])
    if typed["number"]:
        content["number"] = typed["number"]
    if standard := read_standard(typed["standard"]):
        content["standard"] = standard
    if body := request.tenant.accreditation_body:
        number, arrangement = request.tenant.accreditation_number or "", arrangement_on(clock.today())
        accreditation = {"accredited": True, "body": body, "number": number, "arrangement": arrangement}
        content["accreditation"] = cast(Accreditation, without_blanks(accreditation))
    return content
