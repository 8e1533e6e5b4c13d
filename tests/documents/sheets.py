"""Sheets for tests: of the complete content that other tests issue, for a body that says all it can of itself."""

from typing import Any

from defiso.certificates.content import credential_subject
from defiso.certificates.printing import make_sheet
from defiso.documents.sheet import Sheet
from defiso.tenants.models import METADATA, Tenant
from tests.certificates.making import content

ADDRESS = "http://acme.localhost:8000/certificates/ISO9001-2026-ABC123"


def body(**changes: Any) -> Tenant:
    said = {
        "slug": "acme",
        "name": "Acme Certification",
        "host": "acme.localhost",
        "postal_address": "12 Harbour Street, London",
        "website": "https://acme.example",
    }
    return Tenant("TENANT#acme", METADATA, **{**said, **changes})


def sheet(*, tenant: Tenant | None = None, printed: dict[str, Any] | None = None, **changes: Any) -> Sheet:
    """``printed`` goes to ``make_sheet``, ``changes`` to the content of a first revision."""
    subject = credential_subject(content(**{"revision": 1, **changes}))
    return make_sheet(tenant=tenant or body(), content=subject, address=ADDRESS, **(printed or {}))
