"""What one person proposed, for another to confirm or decline: one page for each act that may need two."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from defiso.accounts.requests import StaffRequest
from defiso.certificates.acts.table import Act
from defiso.certificates.proposal_rows import State, is_same_person
from defiso.certificates.proposals import confirm, decline_proposal, find_proposal
from defiso.certificates.services import get_certificate
from defiso.certificates.staff.act_forms import Given
from defiso.certificates.staff.carrying_out import carry_out
from defiso.web.access import requires
from defiso.web.problems import refusals_shown_in


class ConfirmForm(forms.Form):
    """``proposed_at`` names the proposal that the person was shown."""

    proposed_at = forms.CharField(max_length=40, widget=forms.HiddenInput)


class DeclineForm(ConfirmForm):
    reason = forms.CharField(
        label="Why not",
        required=False,
        help_text="Kept in the history; not shown to the public.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def add_problem(self, path: str, sentence: str) -> None:
        self.add_error(path if path in self.fields else None, sentence)


def confirming(act: Act) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "HEAD", "POST"])
    @requires(act.permission)
    def view(request: StaffRequest, number: str) -> HttpResponse:
        form = ConfirmForm(request.POST or None)
        if not form.is_valid():
            return _show(request, number, DeclineForm())
        moment = form.cleaned_data["proposed_at"]
        proposal, confirmation = confirm(
            act, tenant=request.tenant, actor=request.actor, number=number, proposed_at=moment
        )
        given = Given(version=int(proposal.version), confirming=confirmation, **proposal.given)
        changed = carry_out(act, request=request, number=number, given=given)
        messages.success(request, act.message)
        return redirect("certificates:detail", changed.slug)

    return view


def declining(act: Act) -> Callable[..., HttpResponse]:
    @require_POST
    @requires(act.permission)
    def view(request: StaffRequest, number: str) -> HttpResponse:
        form = DeclineForm(request.POST)
        if form.is_valid():
            with refusals_shown_in(form):
                given = {"number": number, **form.cleaned_data}
                proposal = decline_proposal(tenant=request.tenant, actor=request.actor, **given)
                messages.success(request, "The proposal is gone; the certificate is as it was.")
                return redirect("certificates:detail", proposal.slug)
        return _show(request, number, form)

    return view


def _show(request: StaffRequest, number: str, form: DeclineForm) -> HttpResponse:
    standing = find_proposal(tenant=request.tenant, number=number)
    proposal = standing.proposal
    form.fields["proposed_at"].initial = proposal.at
    context = {
        "certificate": get_certificate(tenant=request.tenant, number=number),
        "standing": standing,
        "act": proposal.act,
        "form": form,
        "is_open": standing.state is State.OPEN,
        "is_own": is_same_person(proposal, request.actor),
    }
    return render(request, "certificates/proposal.html", context, status=422 if form.is_bound else 200)
