"""Recording an audit of a certificate in force: a page that changes nothing the public reads, and so no act's."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from defiso.accounts.requests import StaffRequest
from defiso.certificates.acts.record_audit import KINDS, record_audit, require_audited
from defiso.certificates.content import Audit, Finding
from defiso.certificates.reference import AUDIT_TYPES
from defiso.certificates.services import get_certificate
from defiso.certificates.staff.act_forms import FIELDS
from defiso.certificates.staff.act_lines import read_findings
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
