"""The form of an act, made of the fields its row in the act table names. It returns values; the services judge them.

Sites and findings are typed a line each, as in a spreadsheet; ``act_lines`` reads and writes the lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django import forms

from defiso.certificates.acts.first_values import latest_expiry_of
from defiso.certificates.acts.table import Act
from defiso.certificates.content import Audit, Content, Site
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.second_person import Confirmation
from defiso.certificates.staff.act_lines import read_findings, read_sites, write_sites
from defiso.core import clock
from defiso.core.dates import months_after
from defiso.core.numbers import slug_of

# Where a problem of a content is shown: the first that the path begins with and the form has.
PATHS = {
    "organisation.legalName": "legal_name",
    "organisation.address": "address",
    "scope": "scope",
    "sites": "sites",
    "expiryDate": "expires_on",
    "audits": "findings",
}
OF_CONTENT = {"legal_name", "address", "scope", "sites", "expires_on"}  # begin with what the certificate says


@dataclass(frozen=True)
class Given:
    """What was typed; what an act does not ask for is empty. ``version`` is that of the head the person was shown.

    ``confirming``: somebody else proposed this, and this person confirms it."""

    version: int
    reason: str = ""
    review_on: date | None = None
    justification: str = ""
    legal_name: str | None = None
    address: str | None = None
    scope: str | None = None
    sites: list[Site] | None = None
    audit: Audit | None = None
    expires_on: date | None = None
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

    def clean_sites(self) -> list[Site]:
        return _read(read_sites, self.cleaned_data["sites"])

    def clean_findings(self) -> list[Any]:
        return _read(read_findings, self.cleaned_data["findings"])

    @property
    def given(self) -> Given:
        values = {name: value for name, value in self.cleaned_data.items() if name != "confirmation"}
        if "audit_date" in values:
            values["audit"] = _audit_of(values.pop("audit_date"), values.pop("audit_team"), values.pop("findings"))
        return Given(**values)

    def add_problem(self, path: str, sentence: str) -> None:
        """Beside the field of this path of the dictionary, if this form has it."""
        names = [path, *(name for start, name in PATHS.items() if path == start or path.startswith(f"{start}."))]
        self.add_error(next((name for name in names if name in self.fields), None), sentence)


def first_values(act: Act, certificate: Certificate) -> dict[str, Any]:
    """What the form of an act begins with: one read where it begins with what the certificate says."""
    values: dict[str, Any] = {"version": int(certificate.version)}
    if OF_CONTENT.isdisjoint(act.fields):
        return values
    content: Content = dictionary_of(certificate)
    organisation = content["organisation"]
    said = {
        "legal_name": organisation["legalName"],
        "address": organisation.get("address", ""),
        "scope": content.get("scope", ""),
        "sites": write_sites(content.get("sites", [])),
        "expires_on": latest_expiry_of(act, content, clock.today()),
    }
    return values | {name: value for name, value in said.items() if name in act.fields}


def _audit_of(ended: date, team: str, findings: list[Any]) -> Audit:
    auditors = [line.strip() for line in team.splitlines() if line.strip()]
    audit: Audit = {"date": ended.isoformat(), "auditors": auditors}
    if findings:
        audit["findings"] = findings
    return audit


def _read(lines: Callable[[str], list[Any]], text: str) -> list[Any]:
    try:
        return lines(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


def _text(label: str, help_text: str, *, rows: int = 3, required: str = "") -> Callable[[], forms.Field]:
    return lambda: forms.CharField(
        label=label,
        help_text=help_text,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
    )


def _day(
    label: str, help_text: str, *, required: str = "", initial: Callable[[], date] | None = None
) -> Callable[[], forms.Field]:
    return lambda: forms.DateField(
        label=label,
        help_text=help_text,
        required=bool(required),
        input_formats=["%Y-%m-%d"],
        initial=initial,
        error_messages={"required": required, "invalid": "This is not a date, such as 2026-11-23."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def _line(label: str, help_text: str, *, required: str, most: int) -> Callable[[], forms.Field]:
    return lambda: forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": required},
    )


FIELDS: Mapping[str, Callable[[], forms.Field]] = {
    "reason": _text("Reason", "Shown on the public page.", required="Give a reason; it is kept in the history."),
    "review_on": _day(
        "Review on",
        "Usually within six months. By then the certificate is restored or withdrawn.",
        required="Give a review date.",
        initial=lambda: months_after(clock.today(), 3),
    ),
    "justification": _text(
        "Why longer than six months",
        "Only for a review more than six months away. Kept in the audit log, not shown to the public.",
        rows=2,
    ),
    "legal_name": _line("Legal name", "As registered.", required="Give the legal name.", most=300),
    "address": _text("Registered address", "As registered.", required="Give the registered address."),
    "scope": _text("Scope", "In the language of the certificate.", rows=5, required="Give the scope."),
    "sites": _text("Sites", "One a line: name | address | country | scope. Paste rows of a spreadsheet.", rows=6),
    "audit_date": _day("Last day of the audit", "That this rests on.", required="Give the last day of the audit."),
    "audit_team": _text(
        "Audit team",
        "One name a line. None of them can decide on this certificate.",
        rows=2,
        required="Name the audit team.",
    ),
    "findings": _text(
        "Findings",
        "One a line: major or minor | what was found | clause | verified on, such as 2026-11-23.",
    ),
    "expires_on": _day("Expires on", "The latest that the rules allow; it may be earlier."),
    "confirmation": _line(
        "Certificate number",
        "Type the number once more to confirm.",
        required="Type the number of the certificate.",
        most=300,
    ),
}
