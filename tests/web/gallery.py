"""Sample pages: every page and partial of the design, with plausible content, drawn without a database.

``draw(name)`` gives the HTML of one; ``PAGES`` names them all.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages.constants import SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from defiso.core.permissions import Permission
from defiso.web.refusals import present_failure

HERE = Path(__file__).parent
TENANT = SimpleNamespace(
    slug="acme",
    name="Acme Certification",
    accent="#7b2d8b",
    introduction="Acme Certification certifies food, farming and logistics in eleven countries.",
    website="https://acme.example",
    contact_email="register@acme.example",
    accreditation_body="UKAS",
    accreditation_number="0042",
)
STAFF = SimpleNamespace(
    name="Owner at Acme", email="owner@acme.example", role="decision_maker", permissions=set(Permission)
)

HASH = "0x4f3a9c27e1b5d8860a7cf1e94b2d3058c6aa17e0f9342bd5817c60e3f2a91bc4"
CERTIFICATE = {
    "number": "ISO9001-2024-ABC123",
    "slug": "ISO9001-2024-ABC123",
    "revision": 2,
    "standard_title": "ISO 9001:2015",
    "standard_name": "Quality management systems",
    "organisation": {
        "legalName": "Example Foods Ltd",
        "address": "12 Canal Street, Leeds LS1 4AB",
        "country": "GB",
        "country_name": "United Kingdom",
    },
    "scope": "Manufacture, packing and distribution of chilled ready meals and bakery products for retail.",
    "scope_language": "en",
    "sites": [
        {"name": "Leeds bakery", "address": "12 Canal Street, Leeds LS1 4AB", "country": "GB", "main": True},
        {
            "name": "Hull cold store",
            "address": "Dock Road 3, Hull",
            "country_name": "United Kingdom",
            "scope": "Storage",
        },
    ],
    "dates": {
        "original": date(2018, 3, 14),
        "decision": date(2024, 12, 27),
        "issued": date(2025, 1, 3),
        "effective": date(2025, 1, 3),
        "expires": date(2028, 1, 2),
        "progress": 63,
        "days_left": 405,
    },
    "accreditation": {"accredited": True, "body": "UKAS", "number": "0042", "arrangement": "IAF MLA"},
    "iaf_codes": ["3", "31"],
    "certification_type": "single_site",
}
VERDICTS = [
    ("content", "Content unchanged", "pass", "Not a letter has changed since it was signed."),
    ("issuer", "Issued by this body", "pass", "Signed with a key of Acme Certification."),
    ("anchor", "On the blockchain", "pass", "Written to the chain on 3 January 2025, in block 48 210."),
    ("status", "Status", "pass", "Active today."),
]
CHECKED_AT = datetime(2026, 11, 23, 9, 14, 5, tzinfo=UTC)
EVIDENCE = {
    "digest": HASH[2:],
    "key_id": "did:web:acme.localhost%3A8000#key-1",
    "issuer_did": "did:web:acme.localhost%3A8000",
    "credential_url": "/certificates/ISO9001-2024-ABC123/credential.json",
    "proof_url": "/certificates/ISO9001-2024-ABC123/proof.json",
    "verdict_url": "/certificates/ISO9001-2024-ABC123/verdict.json",
    "page_url": "http://acme.localhost:8000/certificates/ISO9001-2024-ABC123",
}
HISTORY = [
    {"at": "2026-05-03T08:00:00.000Z", "title": "Restored", "reason": "Corrective actions verified."},
    {"at": "2026-03-03T10:30:00.000Z", "title": "Suspended", "reason": "Surveillance audit overdue.", "tone": "warn"},
    {"at": "2025-01-03T09:00:00.000Z", "title": "Issued", "reason": ""},
]
ANCHOR = {
    "chain_id": 31337,
    "chain_name": "Ethereum",
    "explorer_url": f"https://etherscan.io/tx/{HASH}",
    "tx_hash": HASH,
    "block": 48210,
    "confirmations": 1204,
    "root": HASH,
}


class SampleForm(forms.Form):
    """One of each kind of field."""

    legal_name = forms.CharField(label="Legal name", help_text="As in the company register.", max_length=300)
    client_id = forms.CharField(label="Your reference", required=False)
    country = forms.ChoiceField(label="Country", choices=[("", "Choose one"), ("GB", "United Kingdom")])
    scope = forms.CharField(label="Scope", widget=forms.Textarea)
    issued = forms.DateField(label="Issue date", widget=forms.DateInput(attrs={"type": "date"}))
    expires = forms.DateField(label="Expiry date", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label="Audit", choices=[("initial", "Initial"), ("special", "Special")], widget=forms.RadioSelect
    )
    confidential = forms.BooleanField(
        label="Confidential", required=False, help_text="Keep this entry from the public."
    )
    token = forms.CharField(widget=forms.HiddenInput, initial="x", required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", help_text="Published with the certificate.", widget=forms.Textarea)


def verification_of(overall: str, headline: str, *, pending: bool = False, **results: str) -> dict[str, Any]:
    verdicts = [
        {"name": name, "label": label, "result": results.get(name, result), "reason": reason}
        for name, label, result, reason in VERDICTS
    ]
    return {
        "overall": overall,
        "headline": headline,
        "checked_at": CHECKED_AT,
        "verdicts": verdicts,
        "accreditation": {"level": "claimed", "reason": "The certification body says that it is accredited by UKAS."},
        "pending": pending,
        "anchor": None if pending else ANCHOR,
    }


def public_certificate(verification: dict[str, Any]) -> dict[str, Any]:
    return {
        "certificate": CERTIFICATE,
        "verification": verification,
        "history": HISTORY,
        "evidence": EVIDENCE,
        "tenant": TENANT,
        "organisation_page": "/organisations/example-foods-ltd",
        "on": None,
    }


def valid() -> dict[str, Any]:
    return public_certificate(verification_of("valid", "This certificate is valid today."))


def pending() -> dict[str, Any]:
    headline = "This certificate is issued. Its blockchain record is being written now."
    return public_certificate(verification_of("pending_anchor", headline, pending=True, anchor="pending"))


def suspended() -> dict[str, Any]:
    headline = "Suspended since 3 March 2026. Do not rely on it."
    return public_certificate(verification_of("suspended", headline, status="fail"))


def altered() -> dict[str, Any]:
    headline = "The record of this certificate has been altered. Do not rely on it."
    return public_certificate(verification_of("not_genuine", headline, content="fail", anchor="unknown"))


def look_up() -> dict[str, Any]:
    return {"tenant": TENANT, "number": "", "error": "Type the number as printed."}


def choices() -> dict[str, Any]:
    bodies = [("Acme Certification", "FM 12345/A"), ("Globex Assurance", "fm-12345-a")]
    found = [{"body": {"tenant_name": name, "number": number}, "url": "#"} for name, number in bodies]
    return {"number": "FM 12345/A", "choices": found, "tenant": None}


def landing() -> dict[str, Any]:
    return {"number": "", "tenant": None}


def staff(**more: Any) -> dict[str, Any]:
    return {"tenant": TENANT, "staff": STAFF, **more}


def staff_list() -> dict[str, Any]:
    statuses = ["active", "suspended", "expired", "withdrawn", "draft", "under_review"]
    items = [
        {"number": f"ISO9001-2024-ABC12{n}", "name": "Example Foods Ltd", "status": status, "expires": "2028-01-02"}
        for n, status in enumerate(statuses)
    ]
    page = SimpleNamespace(items=items, next_cursor="abc")
    return staff(page=page, status_choices=[("active", "Active"), ("suspended", "Suspended"), ("draft", "Draft")])


def staff_form() -> dict[str, Any]:
    return staff(form=SampleForm({"legal_name": "", "country": "GB"}))


def staff_confirm() -> dict[str, Any]:
    return staff(form=ReasonForm())


def components() -> dict[str, Any]:
    messages = [Message(SUCCESS, "Draft saved."), Message(WARNING, "It expires next week.")]
    return staff(messages=messages, history=HISTORY, certificate=CERTIFICATE, hash=HASH, form=SampleForm())


def error(status: int) -> Callable[[], Mapping[str, Any]]:
    return lambda: {"tenant": TENANT, **present_failure(status=status, request_id="01JDF7Z7V4X3")}


# Name -> (template, context). A template of "samples/" lies beside this file.
PAGES: dict[str, tuple[str, Callable[[], Mapping[str, Any]]]] = {
    "landing": ("registry/landing.html", landing),
    "portal": ("registry/portal.html", lambda: {"tenant": TENANT}),
    "choose": ("registry/choose.html", choices),
    "valid": ("verification/certificate.html", valid),
    "pending": ("verification/certificate.html", pending),
    "suspended": ("verification/certificate.html", suspended),
    "altered": ("verification/certificate.html", altered),
    "not-found": ("verification/not_found.html", lambda: {"number": "ISO9001-2024-XYZ", "tenant": TENANT}),
    "look-up": ("verification/look_up.html", look_up),
    "error-404": ("error.html", error(404)),
    "error-403": ("error.html", error(403)),
    "error-409": ("error.html", error(409)),
    "error-422": ("error.html", error(422)),
    "error-429": ("error.html", lambda: {"tenant": None, **present_failure(status=429, retry_after=60)}),
    "error-500": ("error.html", error(500)),
    "error-503": ("error.html", error(503)),
    "staff-list": ("samples/list.html", staff_list),
    "staff-form": ("samples/form.html", staff_form),
    "staff-confirm": ("samples/confirm.html", staff_confirm),
    "components": ("samples/components.html", components),
}


def draw_poll(name: str) -> str:
    """What htmx gets when it asks again for the certificate of a sample page."""
    request = RequestFactory().get("/staff/certificates/")
    request.htmx = True
    return render_to_string("verification/_verdict.html", dict(PAGES[name][1]()), request)


def draw(name: str, address: str = "/staff/certificates/?status=active") -> str:
    """The HTML of one sample page. Needs ROOT_URLCONF = "tests.web.gallery_urls"."""
    template, context = PAGES[name]
    request = RequestFactory().get(address)
    request.resolver_match = resolve("/staff/certificates/")
    for attribute, value in {"tenant": None, "staff": None, "htmx": False, "messages": [], **context()}.items():
        if attribute in ("tenant", "staff", "htmx"):
            setattr(request, attribute, value)
        elif attribute == "messages":
            request._messages = value
    if template.startswith("samples/"):
        return engines["jinja2"].from_string((HERE / template).read_text()).render(dict(context()), request)
    return render_to_string(template, dict(context()), request)
