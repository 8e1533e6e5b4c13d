"""The staff's pages of certificates: lists, one certificate, the form of a draft, and the acts on it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.certificates import services
from defiso.certificates.content import Content
from defiso.certificates.lists import EXPIRY_WINDOWS, LISTED_STATUSES, Filters, list_certificates
from defiso.certificates.models import Certificate
from defiso.certificates.reference import ACCREDITATION_BODIES, CERTIFICATION_TYPES, EDITIONS, arrangement_on
from defiso.certificates.staff import presentation
from defiso.certificates.staff.act_forms import ActForm, IssueForm, RestoreForm, SuspendForm, WithdrawForm
from defiso.certificates.staff.forms import CertificateForm
from defiso.certificates.states import Status, require_transition
from defiso.core import clock
from defiso.core.permissions import Permission
from defiso.web.access import requires

CODES = {edition.code for edition in EDITIONS}


@require_safe
@requires(Permission.VIEW)
def list_page(request: StaffRequest) -> HttpResponse:
    filters = _filters_of(request)
    cursor = request.GET.get("cursor")
    page = list_certificates(tenant=request.tenant, filters=filters, today=clock.today(), cursor=cursor)
    context = {"page": page, "filters": filters, **presentation.present_filters(filters)}
    return render(request, "certificates/list.html", context)


@require_safe
@requires(Permission.VIEW)
def detail(request: StaffRequest, number: str) -> HttpResponse:
    certificate = services.get_certificate(tenant=request.tenant, number=number)
    tab = request.GET.get("tab", "details")
    context = {
        "certificate": certificate,
        "tabs": presentation.TABS,
        "tab": tab if tab in presentation.TABS else "details",
        "acts": presentation.present_acts(certificate, request.staff.permissions),
        "gaps": presentation.present_gaps(certificate, clock.today()),
        **presentation.present_content(certificate.dictionary),
    }
    if tab == "history":
        events = services.history_of(tenant=request.tenant, certificate=certificate)
        context["history"] = presentation.present_history(events)
    if tab == "evidence":
        context["evidence"] = presentation.present_evidence(certificate, request.tenant)
    return render(request, "certificates/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def new(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _show_form(request, CertificateForm.showing(_first_content(request)))
    return _save(request, services.draft_certificate)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def edit(request: StaffRequest, number: str) -> HttpResponse:
    certificate = _for_act(request, number, "edit")
    if request.method != "POST":
        form = CertificateForm.showing(certificate.dictionary, version=int(certificate.version))
        return _show_form(request, form, certificate=certificate)
    return _save(request, services.edit_draft, certificate=certificate)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECIDE)
def issue(request: StaffRequest, number: str) -> HttpResponse:
    certificate = _for_act(request, number, "issue")
    form = IssueForm(_posted(request), certificate=certificate, decider=request.staff.name)
    return _act(request, form, services.issue_certificate, "issue")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUSPEND)
def suspend(request: StaffRequest, number: str) -> HttpResponse:
    form = SuspendForm(_posted(request), certificate=_for_act(request, number, "suspend"))
    return _act(request, form, services.suspend_certificate, "suspend")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECIDE)
def restore(request: StaffRequest, number: str) -> HttpResponse:
    form = RestoreForm(_posted(request), certificate=_for_act(request, number, "restore"))
    return _act(request, form, services.restore_certificate, "restore")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WITHDRAW)
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    form = WithdrawForm(_posted(request), certificate=_for_act(request, number, "withdraw"))
    return _act(request, form, services.withdraw_certificate, "withdraw")


def _filters_of(request: StaffRequest) -> Filters:
    """The filters in the address; what is none of them is left out."""
    status, standard, days = (request.GET.get(name, "") for name in ("status", "standard", "expiring"))
    return Filters(
        status=Status(status) if status in LISTED_STATUSES else None,
        standard=standard if standard in CODES else "",
        expiring_days=int(days) if days in map(str, EXPIRY_WINDOWS) else None,
    )


def _first_content(request: StaffRequest) -> Content:
    """What is usually the same in a new certificate of this body."""
    body, number = request.tenant.accreditation_body or "", request.tenant.accreditation_number or ""
    arrangement = arrangement_on(clock.today())
    return {
        "scopeLanguage": "en",
        "certificationType": CERTIFICATION_TYPES[0],
        "accreditation": {"accredited": True, "body": body, "number": number, "arrangement": arrangement}
        if body
        else {},
        "sites": [{}],
        "audits": [{}],
    }


def _save(
    request: StaffRequest, act: Callable[..., Certificate], *, certificate: Certificate | None = None
) -> HttpResponse:
    reopened = CertificateForm.reopened(request.POST)
    if reopened:
        return _show_form(request, reopened, certificate=certificate)
    form = CertificateForm(request.POST)
    target = {"number": certificate.number} if certificate else {}
    saved = form.save(act, tenant=request.tenant, actor=request.actor, **target)
    if saved is None:
        return _show_form(request, form, certificate=certificate, status=422)
    messages.success(request, "Draft saved.")
    return redirect("certificates:detail", saved.slug)


def _show_form(
    request: StaffRequest, form: CertificateForm, *, certificate: Certificate | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "certificate": certificate, "accreditation_bodies": ACCREDITATION_BODIES}
    return render(request, "certificates/form.html", context, status=status)


def _for_act(request: StaffRequest, number: str, verb: str) -> Certificate:
    """The certificate, if this act is possible now. Raises CertificateNotFoundError, TransitionRefusedError."""
    certificate = services.get_certificate(tenant=request.tenant, number=number, consistent=True)
    require_transition(verb, number=certificate.number, status=certificate.status_today)
    return certificate


def _posted(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _act(request: StaffRequest, form: ActForm, act: Callable[..., Certificate], verb: str) -> HttpResponse:
    changed = form.carry_out(act, tenant=request.tenant, actor=request.actor) if form.is_bound else None
    if changed is None:
        context = presentation.present_act(verb, form.certificate, clock.today())
        status = 422 if form.is_bound else 200
        return render(request, "certificates/act.html", context | {"form": form}, status=status)
    messages.success(request, presentation.ACTS[verb].done)
    return redirect("certificates:detail", changed.slug)
