"""The forms of the acts on a certificate: issue, suspend, restore, withdraw. Each carries the version it was shown."""

from collections.abc import Callable
from typing import Any

from django import forms

from defiso.certificates import guards
from defiso.certificates.models import Certificate
from defiso.certificates.staff.form_content import field_of
from defiso.core import clock
from defiso.core.errors import ChangedMeanwhileError, InvalidError
from defiso.core.numbers import slug_of


class ActForm(forms.Form):
    """What is sent besides the version goes to the service by its field's name."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    not_for_the_service: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, certificate: Certificate) -> None:
        super().__init__(data, initial={"version": int(certificate.version)})
        self.certificate = certificate

    def carry_out(self, act: Callable[..., Certificate], **arguments: Any) -> Certificate | None:
        """The changed certificate; None, with the refusal shown at its place, if it was refused."""
        if not self.is_valid():
            return None
        given = {name: value for name, value in self.cleaned_data.items() if name not in self.not_for_the_service}
        try:
            return act(number=self.certificate.number, **arguments, **given)
        except InvalidError as refusal:
            for path, sentence in refusal.fields.items():
                name = path if path in self.fields else field_of(path)
                self.add_error(name if name in self.fields else None, sentence)
        except ChangedMeanwhileError as refusal:
            self.add_error(None, refusal.sentence)
        return None


def _reason(hint: str) -> forms.CharField:
    return forms.CharField(
        label="Reason",
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Give a reason; it is kept in the history."},
    )


class IssueForm(ActForm):
    decided_by = forms.CharField(
        label="Decided by",
        max_length=200,
        help_text="Who took the decision. Nobody of the audit team may.",
        error_messages={"required": "Say who took the decision."},
    )

    def __init__(self, data: Any = None, *, certificate: Certificate, decider: str) -> None:
        super().__init__(data, certificate=certificate)
        self.fields["decided_by"].initial = certificate.dictionary.get("decidedBy") or decider


class SuspendForm(ActForm):
    reason = _reason("Shown on the public page.")
    review_on = forms.DateField(
        label="Review on",
        help_text="Within six months. By then the certificate is restored or withdrawn.",
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "Give a review date.", "invalid": "This is not a date, such as 2026-11-23."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, data: Any = None, *, certificate: Certificate) -> None:
        super().__init__(data, certificate=certificate)
        self.fields["review_on"].initial = guards.months_after(clock.today(), 3)


class RestoreForm(ActForm):
    reason = _reason("Shown on the public page.")


class WithdrawForm(ActForm):
    not_for_the_service = ("confirmation",)

    reason = _reason("Shown on the public page.")
    confirmation = forms.CharField(
        label="Certificate number",
        help_text="Type the number once more to confirm.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the number of the certificate."},
    )

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if slug_of(typed) != self.certificate.slug:
            raise forms.ValidationError(f"This is not the number of this certificate, {self.certificate.number}.")
        return typed
