"""The form of a draft: every field of the dictionary, in groups, with rows for identifiers, sites and audits.

What the fields mean in the dictionary is in ``form_content``; what is allowed in ``validation``.
"""

from typing import Any, Self

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from defiso.certificates import reference
from defiso.certificates.content import Content
from defiso.certificates.limits import MOST_ROWS, SHORT
from defiso.certificates.staff.form_content import content_of, field_of, fields_of, row_and_field_of, rows_of
from defiso.certificates.staff.rows import Rows, raw_values
from defiso.certificates.standards import editions
from defiso.certificates.validation import NOT_A_DATE, draft_problems
from defiso.core.ids import new_id


def _text(label: str, hint: str = "", *, most: int | None = None, **attrs: str) -> forms.CharField:
    return _characters(label, hint, most, forms.TextInput(attrs=attrs))


def _long_text(label: str, hint: str = "", rows: int = 3, *, most: int | None = None) -> forms.CharField:
    return _characters(label, hint, most, forms.Textarea(attrs={"rows": rows}))


def _characters(label: str, hint: str, most: int | None, widget: forms.Widget) -> forms.CharField:
    """``most`` characters where one text is taken apart into many; of all others ``validation`` judges the length."""
    too_long = {"max_length": "At most %(limit_value)d characters; this has %(show_value)d."}
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=most, error_messages=too_long, widget=widget
    )


def _day(label: str, hint: str = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": NOT_A_DATE, "required": "Give a date."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def _choice(label: str, choices: Any, hint: str = "", *, blank: str = "Choose") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=hint, required=False, choices=[("", blank), *choices])


COUNTRY_NAMES = sorted(reference.COUNTRIES.values())


class CountryField(forms.CharField):
    """A country by any of its names or codes, typed or taken from the one list on the page; its value is the code."""

    def __init__(self, label: str) -> None:
        widget = forms.TextInput(attrs={"list": "countries"})
        super().__init__(label=label, required=False, widget=widget)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        code = reference.country_code(text) if text else ""
        if code is None:
            sentence = f"We know no country {text[:SHORT]}. Write its English name or its two letters: Germany or DE."
            raise forms.ValidationError(sentence)
        return code


def _standards() -> list[tuple[str, str]]:
    """Asked for by every form: the table may have been loaded anew."""
    by_code = sorted(editions(), key=lambda edition: int(edition.code.split("-")[0]))
    return [("", "Choose"), *((":".join(edition.key), f"{edition.label}: {edition.name}") for edition in by_code)]


class LegalIdForm(forms.Form):
    scheme = _choice("Kind", [(scheme, scheme) for scheme in reference.IDENTIFIER_SCHEMES])
    value = _text("Identifier")


class SiteForm(forms.Form):
    name = _text("Name of the site")
    address = _text("Address of the site")
    country = CountryField("Country of the site")
    scope = _long_text("Scope at this site, if it is not the whole", rows=2)
    main = forms.BooleanField(label="This is the main site", required=False)


class AuditForm(forms.Form):
    type = _choice("Type of audit", reference.AUDIT_TYPES.items())
    date = _day("Last day of the audit")
    auditors = _long_text(
        "Audit team", "One name a line. None of them can decide on this certificate.", rows=2, most=5000
    )


ROWS: dict[str, type[forms.Form]] = {
    "legal_ids": LegalIdForm,
    "sites": SiteForm,
    "audits": AuditForm,
}
ROW_TITLES = {"legal_ids": "Identifiers", "sites": "Sites", "audits": "Audits"}
MOST = {"legal_ids": MOST_ROWS["organisation.legalIds"], "sites": MOST_ROWS["sites"], "audits": MOST_ROWS["audits"]}


class CertificateForm(forms.Form):
    """A draft. Nothing is required by the form itself: gaps are for later, wrong values are named at once."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    draft_key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    legal_name = _text("Legal name", "As in the company register.")
    english_name = _text("English name", "If the legal name is in another script or language.")
    address = _long_text("Registered address", rows=2)
    country = CountryField("Country")
    client_id = _text("Client number", "Your own reference for this client.")

    standard = forms.ChoiceField(label="Standard and edition", required=False, choices=_standards)
    number = _text("Certificate number", "As it will be printed. Left empty, one is made up.")
    replaces = _text("Replaces certificate", "The number of the certificate this one takes the place of.")
    scope = _long_text("Scope", "What the certification covers, in full.", rows=5)
    scope_language = _choice("Language of the scope", reference.LANGUAGES.items())
    iaf_codes = _text("IAF codes", "1 to 39, separated by commas.", most=500)
    nace_codes = _text("NACE codes", "Such as 25.62, separated by commas.", most=1000)
    certification_type = _choice("Certification type", [(name, name) for name in reference.CERTIFICATION_TYPES])
    accredited = forms.ChoiceField(
        label="Is this certification accredited?",
        required=False,
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    accreditation_body = _text("Accreditation body", "Acronym, such as UKAS or DAkkS.", list="accreditation-bodies")
    accreditation_number = _text("Accreditation number")
    arrangement = _choice(
        "Recognition arrangement", [(one.label, one.label) for one in reference.ARRANGEMENTS], blank="None"
    )

    original_certification_date = _day("Original certification", "The first day this organisation was certified.")
    decision_date = _day("Decision")
    effective_date = _day("Effective from", "Not before the decision.")
    issue_date = _day("Issued", "The date printed on the certificate.")
    expiry_date = _day(
        "Expires", "Three years after the effective date at the latest; of a recertification, after the last expiry."
    )
    decided_by = _text("Decided by", "Left empty, whoever issues the certificate.")
    confidential = forms.BooleanField(
        label="Keep this certificate confidential",
        required=False,
        help_text="It is not shown on any public page. Use it only where a law or a contract asks for it.",
    )
    confidentiality_reason = _long_text("Why it is confidential", rows=2)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, rows: Any = None) -> None:
        super().__init__(data, initial=initial)
        given = rows or {}
        self.rows = {
            name: Rows(row_class, name, most=MOST[name], data=data, initial=given.get(name, ()))
            for name, row_class in ROWS.items()
        }

    @classmethod
    def showing(cls, content: Content, *, version: int | None = None) -> Self:
        """A form that shows a content, unbound; without a version, one for a new draft, which it names for good."""
        hidden = {"version": version, "draft_key": new_id() if version is None else ""}
        return cls(initial=fields_of(content) | hidden, rows=rows_of(content))

    @classmethod
    def reopened(cls, data: Any) -> Self | None:
        """The form as typed with a row more (``add=sites``) or less (``remove=sites-2``); None if neither is asked."""
        add = data.get("add", "")
        removed, _dash, index = data.get("remove", "").rpartition("-")
        if add not in ROWS and not (removed in ROWS and len(index) < 4 and index.isascii() and index.isdigit()):
            return None
        typed = cls(data)
        rows = {
            name: rows.raw(add=name == add, remove=int(index) if name == removed else None)
            for name, rows in typed.rows.items()
        }
        return cls(initial=raw_values(typed, data), rows=rows)

    @property
    def all_forms(self) -> list[forms.Form]:
        """This form and its rows, in the order of the page, for the summary of errors."""
        return [self, *(form for rows in self.rows.values() for form in rows.forms)]

    def is_valid(self) -> bool:
        return super().is_valid() and all(rows.is_valid() for rows in self.rows.values())

    def clean(self) -> dict[str, Any]:
        for name, rows in self.rows.items():
            rows.is_valid()  # so that their problems join those of their own fields
            if rows.problem:
                self.add_error(None, f"{ROW_TITLES[name]}: {rows.problem}")
        for problem in draft_problems(self.content):
            self.add_problem(problem.field, problem.sentence)
        return self.cleaned_data

    @property
    def content(self) -> Content:
        """What was typed, as the dictionary. Only after the fields were cleaned."""
        filled = {name: [form.cleaned_data for form in rows.filled] for name, rows in self.rows.items()}
        return content_of(self.cleaned_data, filled)

    def add_problem(self, path: str, sentence: str) -> None:
        """Beside its field, unless something more basic is wrong with that already."""
        if row := row_and_field_of(path):
            rows, index, name = row
            form: forms.Form = self.rows[rows].filled[index]
        else:
            form, name = self, field_of(path) or NON_FIELD_ERRORS
        if not form.has_error(name):
            form.add_error(name if name in form.fields else None, sentence)
