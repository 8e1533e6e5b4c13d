"""The pages of a draft: which fields and rows each has. How they are read and kept is in ``draft_form``."""

from typing import Any

from django import forms

from defiso.certificates import reference
from defiso.certificates.staff.draft_form import DraftForm
from defiso.certificates.staff.fields import CountryField, DayField, choice, long_text, text, tick
from defiso.certificates.standards import editions
from defiso.core.ids import new_id

COUNTRY_NAMES = sorted(reference.COUNTRIES.values())


def standard_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="Standard and edition", required=False, choices=_standards)


def _standards() -> list[tuple[str, str]]:
    """Asked for by every form: the table may have been loaded anew."""
    by_code = sorted(editions(), key=lambda edition: int(edition.code.split("-")[0]))
    return [("", "Choose"), *((":".join(edition.key), f"{edition.label}: {edition.name}") for edition in by_code)]


class StartForm(forms.Form):
    """What a draft is listed by. ``draft_key`` names this form for good, so that sent twice it makes one draft."""

    draft_key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    legal_name = text("Legal name of the organisation", "As in the company register.")
    standard = standard_field()
    number = text("Certificate number", "As it will be printed. Left empty, one is made up.")

    picked = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    copy_of = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    integrated = tick(
        "Part of an integrated system", "Both certificates then name each other, and so they will be shown."
    )

    @classmethod
    def beginning(cls, **values: Any) -> "StartForm":
        return cls(initial=values | {"draft_key": new_id()})

    def add_problem(self, path: str, sentence: str) -> None:
        name = {"organisation.legalName": "legal_name", "standard.title": "standard", "number": "number"}.get(path)
        self.add_error(name, sentence)


class LegalIdForm(forms.Form):
    scheme = choice("Kind", [(scheme, scheme) for scheme in reference.IDENTIFIER_SCHEMES])
    value = text("Identifier")


class OrganisationForm(DraftForm):
    title = "Organisation"
    row_classes = {"legal_ids": LegalIdForm}

    legal_name = text("Legal name", "As in the company register.")
    english_name = text("English name", "If the legal name is in another script or language.")
    address = long_text("Registered address", rows=2)
    country = CountryField("Country")
    client_id = text("Client number", "Your own reference for this client.")


class ScopeForm(forms.Form):
    language = choice("Language", reference.LANGUAGES.items())
    text = long_text("Scope in this language", rows=5)


class StandardForm(DraftForm):
    title = "Standard and scope"
    row_classes = {"scopes": ScopeForm}

    standard = standard_field()
    number = text("Certificate number", "As it will be printed. Left empty, one is made up.")
    replaces = text("Replaces certificate", "The number of the certificate this one takes the place of.")
    scope = long_text("Scope", "What the certification covers, in full. This text is binding.", rows=5)
    scope_language = choice("Language of the scope", reference.LANGUAGES.items())
    iaf_codes = text("IAF codes", "1 to 39, separated by commas.", most=500)
    nace_codes = text("NACE codes", "Such as 25.62, separated by commas.", most=1000)
    certification_type = choice("Certification type", [(name, name) for name in reference.CERTIFICATION_TYPES])
    accredited = forms.ChoiceField(
        label="Is this certification accredited?",
        required=False,
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    accreditation_body = text("Accreditation body", "Acronym, such as UKAS or DAkkS.", list="accreditation-bodies")
    accreditation_number = text("Accreditation number")
    arrangement = choice(
        "Recognition arrangement", [(one.label, one.label) for one in reference.ARRANGEMENTS], blank="None"
    )
    integrated_with = long_text(
        "Certified together with", "Numbers of the other certificates of an integrated system, one a line.", rows=2
    )


class AuditForm(forms.Form):
    type = choice("Type of audit", reference.AUDIT_TYPES.items())
    startDate = DayField("First day of the audit", "If it took more than one.")
    date = DayField("Last day of the audit")
    auditors = long_text(
        "Audit team", "One name a line. None of them can decide on this certificate.", rows=2, most=5000
    )


class FindingForm(forms.Form):
    grade = choice("Grade", [("major", "Major"), ("minor", "Minor")])
    audit = text("Number of the audit", "Left empty, the first.", inputmode="numeric")
    clause = text("Clause")
    text = long_text("What was found", rows=2)
    verifiedOn = DayField("Correction verified on", "Left empty, the finding is open.")


class AuditsForm(DraftForm):
    title = "Audits and findings"
    row_classes = {"audits": AuditForm, "findings": FindingForm}

    transferred_from = text("Certification body it comes from", "Only of a certificate that is transferred to you.")
    transferred_number = text("Its number there")
    transfer_review_date = DayField("Pre-transfer review", "IAF MD 2 asks for it before the decision. Not published.")
    transfer_note = long_text("Notes of the review", "Not published.", rows=2)


class DecisionForm(DraftForm):
    title = "Dates and decision"

    original_certification_date = DayField("Original certification", "The first day this organisation was certified.")
    decision_date = DayField("Decision")
    effective_date = DayField("Effective from", "Not before the decision.")
    issue_date = DayField("Issued", "The date printed on the certificate.")
    expiry_date = DayField(
        "Expires", "Three years after the effective date at the latest; of a recertification, after the last expiry."
    )
    previous_expiry_date = DayField("Last expiry", "Only after a lapse: when the cycle before ended.")
    recertification_date = DayField("Recertified", "Only after a lapse: when the organisation was certified again.")
    confidential = tick(
        "Keep this certificate confidential",
        "It is not shown on any public page. Use it only where a law or a contract asks for it.",
    )
    confidentiality_reason = long_text("Why it is confidential", rows=2)
