"""The sites of a draft: all of them in one table, each on a page of its own, and many at once from a spreadsheet."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.certificates.acts.table import EDIT
from defiso.certificates.content import Site, without_blanks
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.limits import MOST_ROWS
from defiso.certificates.models import Certificate
from defiso.certificates.reference import country_name
from defiso.certificates.staff.fields import TOO_LONG, CountryField, long_text, text, tick
from defiso.certificates.staff.form_content import plain
from defiso.certificates.staff.forms import COUNTRY_NAMES
from defiso.certificates.staff.pasted_sites import LONGEST, problems_of_sites, read_pasted
from defiso.certificates.staff.sections import SECTIONS, SITES
from defiso.certificates.staff.writing import draft_for_editing, keep_draft
from defiso.web.access import requires
from defiso.web.problems import refusals_shown_in

MOST = MOST_ROWS["sites"]


class SiteForm(forms.Form):
    """One site of a draft."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = text("Name of the site")
    address = long_text("Address of the site", rows=2)
    country = CountryField("Country of the site")
    scope = long_text("Scope at this site, if it is not the whole", rows=2)
    main = tick("This is the main site")

    @property
    def site(self) -> Site:
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return cast(Site, without_blanks({name: plain(value) for name, value in values.items()}))

    def add_problem(self, path: str, sentence: str) -> None:
        name = path.rpartition(".")[2]
        self.add_error(name if name in self.fields else None, sentence)


class PasteForm(forms.Form):
    """Rows of a spreadsheet as text, and what to do with them once they have been seen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    pasted = forms.CharField(
        label="Rows from your spreadsheet",
        max_length=LONGEST,
        strip=False,  # a row may begin with an empty cell
        help_text="Name, address, country and scope in columns of their own. Copy the cells and paste them here.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        error_messages=TOO_LONG | {"required": "Paste the rows first."},
    )

    def add_problem(self, path: str, sentence: str) -> None:
        self.add_error(None, sentence)


@require_safe
@requires(EDIT.permission)
def list_page(request: StaffRequest, number: str) -> HttpResponse:
    draft = draft_for_editing(request, number)
    sites = dictionary_of(draft).get("sites", [])
    context = _frame(draft) | {
        "rows": _rows(sites, problems_of_sites(sites)),
        "can_grow": len(sites) < MOST,
        "form": PasteForm(initial={"version": int(draft.version)}),
    }
    return render(request, "certificates/sites.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EDIT.permission)
def site(request: StaffRequest, number: str, position: int) -> HttpResponse:
    """One site, counted from 1; the one after the last is a new one."""
    draft = draft_for_editing(request, number)
    content = dictionary_of(draft)
    sites = content.get("sites", [])
    if not 1 <= position <= min(len(sites) + 1, MOST):
        raise Http404
    if request.method != "POST":
        held: Site = sites[position - 1] if position <= len(sites) else {}
        initial = {**held, "country": country_name(held.get("country", "")), "version": int(draft.version)}
        return _show_site(request, draft, position, SiteForm(initial=initial))
    form = SiteForm(request.POST)
    if form.is_valid():
        changed = [] if "remove" in request.POST else [form.site] if form.site else []
        content["sites"] = [*sites[: position - 1], *changed, *sites[position:]]
        with refusals_shown_in(form):
            return _saved(request, keep_draft(request, draft, content, form.cleaned_data["version"]), position)
    if "keeping" in request.POST:
        return JsonResponse({}, status=422)
    return _show_site(request, draft, position, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EDIT.permission)
def paste(request: StaffRequest, number: str) -> HttpResponse:
    """Pasted rows as they were read; with ``accept`` (add or replace) they become the draft's sites."""
    draft = draft_for_editing(request, number)
    content = dictionary_of(draft)
    if request.method != "POST":
        return _show_paste(request, draft, PasteForm(initial={"version": int(draft.version)}))
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _show_paste(request, draft, form, status=422)
    read = read_pasted(form.cleaned_data["pasted"])
    if not 0 < len(read) <= MOST:
        form.add_error(None, f"{len(read):,} rows were read. Paste one to {MOST}: that is how many sites there may be.")
        return _show_paste(request, draft, form, status=422)
    if accepted := request.POST.get("accept"):
        before = content.get("sites", []) if accepted == "add" else []
        content["sites"] = [*before, *(one.site for one in read)]
        with refusals_shown_in(form):
            kept = keep_draft(request, draft, content, form.cleaned_data["version"])
            messages.success(request, f"{len(read)} {'site' if len(read) == 1 else 'sites'} taken over.")
            return redirect("certificates:sites", kept.slug)
    wrong = {index: one.problems for index, one in enumerate(read) if one.problems}
    rows = _rows([one.site for one in read], wrong)
    return _show_paste(request, draft, form, rows=rows, status=422 if form.errors else 200)


def _saved(request: StaffRequest, kept: Certificate, position: int) -> HttpResponse:
    if "keeping" in request.POST:
        address = reverse("certificates:site", args=[kept.slug, position])
        return JsonResponse({"version": int(kept.version), "address": address})
    if "another" in request.POST:
        return redirect("certificates:site", kept.slug, len(dictionary_of(kept).get("sites", [])) + 1)
    return redirect("certificates:sites", kept.slug)


def _rows(sites: Sequence[Site], problems: Any) -> list[dict[str, Any]]:
    """Each site as the table shows it, with the sentences of what is wrong or missing."""
    return [
        {
            "position": index + 1,
            **site,
            "country_name": country_name(site.get("country", "")),
            "problems": " ".join(problems.get(index, ())),
        }
        for index, site in enumerate(sites)
    ]


def _frame(draft: Certificate) -> dict[str, Any]:
    return {"certificate": draft, "section": SITES, "position": SECTIONS.index(SITES) + 1, "count": len(SECTIONS)}


def _show_site(
    request: StaffRequest, draft: Certificate, position: int, form: SiteForm, *, status: int = 200
) -> HttpResponse:
    is_new = position > len(dictionary_of(draft).get("sites", []))
    context = {
        "certificate": draft,
        "site_position": position,
        "is_new": is_new,
        "form": form,
        "countries": COUNTRY_NAMES,
    }
    return render(request, "certificates/site.html", context, status=status)


def _show_paste(
    request: StaffRequest,
    draft: Certificate,
    form: PasteForm,
    *,
    rows: Sequence[dict[str, Any]] = (),
    status: int = 200,
) -> HttpResponse:
    held = len(dictionary_of(draft).get("sites", []))
    context = {
        "certificate": draft,
        "form": form,
        "rows": rows,
        "held": held,
        "wrong": sum(bool(row["problems"]) for row in rows),
    }
    return render(request, "certificates/paste_sites.html", context, status=status)
