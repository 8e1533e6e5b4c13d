"""Recording an audit of a certificate in force: a page that changes nothing the public reads, and so no act's."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from defiso.accounts.requests import StaffRequest
from defiso.certificates.acts.record_audit import KINDS, record_audit, require_audited
from defiso.certificates.acts.verify_findings import OpenFinding, open_findings, verify_findings
from defiso.certificates.content import Audit, Finding
from defiso.certificates.problems import NOT_A_DATE, read_day
from defiso.certificates.reference import AUDIT_TYPES
from defiso.certificates.services import get_certificate
from defiso.certificates.staff.act_forms import FIELDS
from defiso.certificates.staff.act_lines import read_findings
from defiso.certificates.staff.fields import DayField
from defiso.core.dates import write_day
from defiso.core.permissions import Permission
from defiso.web.access import requires
from defiso.web.problems import refusals_shown_in

PATHS = {"audits.0.type": "kind", "audits.0.date": "audit_date", "audits.0.auditors": "audit_team"}


class AuditForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Kind of audit", choices=[(kind, AUDIT_TYPES[kind]) for kind in KINDS])

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("audit_date", "audit_team", "findings"):
            self.fields[name] = FIELDS[name]()
        self.fields["audit_date"].help_text = ""  # no decision rests on it

    def clean_findings(self) -> list[Finding]:
        try:
            return read_findings(self.cleaned_data["findings"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def audit(self) -> Audit:
        values = self.cleaned_data
        team = [line.strip() for line in values["audit_team"].splitlines() if line.strip()]
        audit: Audit = {"type": values["kind"], "date": values["audit_date"].isoformat(), "auditors": team}
        return audit | {"findings": values["findings"]} if values["findings"] else audit

    def add_problem(self, path: str, sentence: str) -> None:
        start = ".".join(path.split(".")[:3])
        self.add_error(PATHS.get(start, "findings"), sentence)


class VerifyForm(forms.Form):
    """A day for each finding that is open; one left empty stays open."""

    def __init__(self, findings: Sequence[OpenFinding], data: Any = None) -> None:
        super().__init__(data)
        self.names = {found.key: f"verified_{number}" for number, found in enumerate(findings)}
        for number, found in enumerate(findings):
            self.fields[f"verified_{number}"] = DayField(
                f"{found.finding['grade'].capitalize()}: {found.finding['text']}",
                f"Found on {write_day(date.fromisoformat(found.audit.audit['date']))}.",
            )

    def clean(self) -> dict[str, Any]:
        for name, typed in list(self.cleaned_data.items()):
            if typed and read_day(typed) is None:
                self.add_error(name, NOT_A_DATE)
        return self.cleaned_data

    @property
    def verified(self) -> dict[str, date]:
        days = {key: read_day(self.cleaned_data[name]) for key, name in self.names.items()}
        return {key: day for key, day in days.items() if day}

    def add_problem(self, path: str, sentence: str) -> None:
        self.add_error(self.names.get(path), sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def verify(request: StaffRequest, number: str) -> HttpResponse:
    certificate = get_certificate(tenant=request.tenant, number=number, consistent=True)
    require_audited(certificate)
    form = VerifyForm(open_findings(certificate), request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_in(form):
            verify_findings(tenant=request.tenant, actor=request.actor, number=number, verified=form.verified)
            messages.success(request, "Kept: the corrections are verified.")
            return redirect(f"{reverse('certificates:detail', args=[certificate.slug])}?tab=decision")
    context = {"certificate": certificate, "form": form}
    return render(request, "certificates/verify_findings.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE)
def record(request: StaffRequest, number: str) -> HttpResponse:
    form = AuditForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_in(form):
            head = record_audit(
                tenant=request.tenant,
                actor=request.actor,
                number=number,
                audit=form.audit,
                version=form.cleaned_data["version"],
            )
            messages.success(request, "Audit recorded.")
            return redirect(f"{reverse('certificates:detail', args=[head.slug])}?tab=decision")
    certificate = get_certificate(tenant=request.tenant, number=number, consistent=True)
    require_audited(certificate)
    form.fields["version"].initial = int(certificate.version)
    context = {"certificate": certificate, "form": form}
    return render(request, "certificates/record_audit.html", context, status=422 if form.is_bound else 200)
