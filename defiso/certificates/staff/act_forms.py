"""The form of an act, made of the fields its row in the act table names. It returns values; the services judge them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django import forms

from defiso.certificates.acts.table import Act
from defiso.certificates.second_person import Confirmation
from defiso.certificates.staff.form_content import field_of
from defiso.core import clock
from defiso.core.dates import months_after
from defiso.core.numbers import slug_of


@dataclass(frozen=True)
class Given:
    """What was typed; what an act does not ask for is empty. ``version`` is that of the head the person was shown.

    ``confirming``: somebody else proposed this, and this person confirms it."""

    version: int
    reason: str = ""
    review_on: date | None = None
    justification: str = ""
    decided_by: str = ""
    confirming: Confirmation | None = None

    @property
    def kept(self) -> dict[str, str]:
        """What a proposal keeps of it: the texts."""
        texts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: text for name, text in texts.items() if text and isinstance(text, str)}


class ActForm(forms.Form):
    """``number`` is that of the certificate as addressed; ``initial`` may give values to begin with."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, act: Act, *, number: str, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.number = number
        for name in act.fields:
            self.fields[name] = FIELDS[name]()

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if slug_of(typed) != slug_of(self.number):
            raise forms.ValidationError(f"This is not the number of this certificate, {self.number}.")
        return typed

    @property
    def given(self) -> Given:
        return Given(**{name: value for name, value in self.cleaned_data.items() if name != "confirmation"})

    def add_problem(self, path: str, sentence: str) -> None:
        """Beside the field of this path of the dictionary, if this form has it."""
        name = path if path in self.fields else field_of(path)
        self.add_error(name if name in self.fields else None, sentence)


def _decided_by() -> forms.Field:
    return forms.CharField(
        label="Decided by",
        max_length=200,
        help_text="Who took the decision. Nobody of the audit team may.",
        error_messages={"required": "Say who took the decision."},
    )


def _reason() -> forms.Field:
    return forms.CharField(
        label="Reason",
        help_text="Shown on the public page.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Give a reason; it is kept in the history."},
    )


def _review_on() -> forms.Field:
    return forms.DateField(
        label="Review on",
        help_text="Usually within six months. By then the certificate is restored or withdrawn.",
        input_formats=["%Y-%m-%d"],
        initial=lambda: months_after(clock.today(), 3),
        error_messages={"required": "Give a review date.", "invalid": "This is not a date, such as 2026-11-23."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def _justification() -> forms.Field:
    return forms.CharField(
        label="Why longer than six months",
        required=False,
        help_text="Only for a review more than six months away. Kept in the audit log, not shown to the public.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _confirmation() -> forms.Field:
    return forms.CharField(
        label="Certificate number",
        help_text="Type the number once more to confirm.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the number of the certificate."},
    )


FIELDS: Mapping[str, Callable[[], forms.Field]] = {
    "decided_by": _decided_by,
    "reason": _reason,
    "review_on": _review_on,
    "justification": _justification,
    "confirmation": _confirmation,
}
