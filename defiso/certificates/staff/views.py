"""The staff's pages of certificates: lists, one certificate, the form of a draft, and the acts on it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.certificates import services
from defiso.certificates.acts.table import ISSUE, RENEW, REVISE, SUBMIT, Act, require_act
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.guards import decider_problem
from defiso.certificates.lists import EXPIRY_WINDOWS, LISTED_STATUSES, Filters, list_certificates
from defiso.certificates.models import Certificate
from defiso.certificates.proposals import proposal_on, propose_act
from defiso.certificates.second_person import needs_second_person
from defiso.certificates.staff import presentation
from defiso.certificates.staff.act_forms import ActForm, Given, first_values
from defiso.certificates.staff.carrying_out import carry_out
from defiso.certificates.standards import standard_codes
from defiso.certificates.states import Status
from defiso.certificates.surveillance import audits_of, recorded_audits
from defiso.core import clock
from defiso.core.permissions import Permission
from defiso.web.access import requires
from defiso.web.problems import refusals_shown_in

CHECKED = (SUBMIT, ISSUE, REVISE, RENEW)  # acts on what a certificate says: it is read once more before


@require_safe
@requires(Permission.VIEW)
def list_page(request: StaffRequest) -> HttpResponse:
    filters = filters_of(request)
    cursor = request.GET.get("cursor")
    page = list_certificates(tenant=request.tenant, filters=filters, today=clock.today(), cursor=cursor)
    context = {"page": page, "filters": filters, **presentation.present_filters(filters)}
    return render(request, "certificates/list.html", context)


@require_safe
@requires(Permission.VIEW)
def detail(request: StaffRequest, number: str) -> HttpResponse:
    certificate = services.get_certificate(tenant=request.tenant, number=number)
    content = dictionary_of(certificate)
    recorded = recorded_audits(certificate)
    decides = not decider_problem(audits_of(content, recorded), request.actor)
    tabs = presentation.tabs_of(certificate)
    asked = request.GET.get("tab", "")
    tab = asked if asked in tabs else next(iter(tabs))
    context = {
        "certificate": certificate,
        "tabs": tabs,
        "tab": tab,
        "acts": presentation.present_acts(certificate, request.staff.permissions, decides=decides),
        "standing": proposal_on(certificate),
        "next_standards": presentation.next_standards(content),
        **presentation.present_content(content),
    }
    if certificate.status == Status.DRAFT:
        context |= presentation.present_tasks(certificate, content, clock.today())
    if tab == "revisions":
        context |= presentation.present_revisions(certificate, request.GET.get("revision", ""))
    if tab == "decision":
        context |= presentation.present_recorded(recorded)
    if tab == "history":
        events = services.history_of(tenant=request.tenant, certificate=certificate)
        context["history"] = presentation.present_history(events)
    if tab == "evidence":
        context["evidence"] = presentation.present_evidence(certificate, request.tenant)
    return render(request, "certificates/detail.html", context)


def view_of(act: Act) -> Callable[..., HttpResponse]:
    """The page of an act with a form: what will happen, what it asks for, and the act itself."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @requires(act.permission)
    def view(request: StaffRequest, number: str) -> HttpResponse:
        if request.method != "POST":
            certificate = _for_act(request, number, act)
            initial = first_values(act, certificate)
            return _show_act(request, act, certificate, ActForm(act, number=certificate.number, initial=initial))
        form = ActForm(act, number=number, data=request.POST)
        if form.is_valid():
            with refusals_shown_in(form):
                return _done(request, act, number, form.given)
        return _show_act(request, act, _for_act(request, number, act), form)

    return view


def filters_of(request: StaffRequest) -> Filters:
    """The filters in the address; what is none of them is left out."""
    status, standard, days = (request.GET.get(name, "") for name in ("status", "standard", "expiring"))
    return Filters(
        status=Status(status) if status in LISTED_STATUSES else None,
        standard=standard if standard in standard_codes() else "",
        expiring_days=int(days) if days in map(str, EXPIRY_WINDOWS) else None,
    )


def _done(request: StaffRequest, act: Act, number: str, given: Given) -> HttpResponse:
    """The act itself, or what somebody else is to confirm."""
    if needs_second_person(act, request.tenant):
        kept, version = given.kept, given.version
        proposal = propose_act(
            act, tenant=request.tenant, actor=request.actor, number=number, given=kept, version=version
        )
        slug = proposal.slug
        messages.success(request, presentation.PROPOSED)
    else:
        slug = carry_out(act, request=request, number=number, given=given).slug
        messages.success(request, act.message)
    return redirect("certificates:detail", slug)


def _show_act(request: StaffRequest, act: Act, certificate: Certificate, form: ActForm) -> HttpResponse:
    by_two = needs_second_person(act, request.tenant)
    context = presentation.present_act(act, certificate, clock.today(), by_two=by_two)
    content = dictionary_of(certificate) if act in CHECKED else None
    context["check"] = presentation.present_check(certificate, content, request.staff.permissions) if content else []
    return render(request, "certificates/act.html", context | {"form": form}, status=422 if form.is_bound else 200)


def _for_act(request: StaffRequest, number: str, act: Act) -> Certificate:
    """The certificate, if this act is possible now. Raises CertificateNotFoundError, TransitionRefusedError."""
    certificate = services.get_certificate(tenant=request.tenant, number=number, consistent=True)
    require_act(act, number=certificate.number, status=certificate.status_today, expires_on=certificate.expires_on)
    return certificate
