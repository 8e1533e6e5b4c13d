"""What the demo tenants contain: two certification bodies, their staff by role, and certificates in every state."""

from dataclasses import dataclass
from datetime import date, timedelta

from defiso.certificates.content import Content, standard_of
from defiso.certificates.reference import arrangement_on
from defiso.certificates.standards import edition_of
from defiso.core.dates import years_after
from defiso.core.permissions import Role

TENANTS: tuple[dict[str, str], ...] = (
    {
        "slug": "acme",
        "name": "Acme Certification",
        "accent": "#0f5f63",
        "introduction": "A demonstration body. We audit and certify management systems of manufacturers.",
        "contact_email": "certificates@acme.example",
        "accreditation_body": "UKAS",
        "accreditation_number": "0001",
        "postal_address": "12 Harbour Street, Leeds LS1 4DY, United Kingdom",
    },
    {
        "slug": "globex",
        "name": "Globex Assurance",
        "accent": "#7a3b12",
        "introduction": "A demonstration body. We audit and certify management systems of service companies.",
        "contact_email": "certificates@globex.example",
        "accreditation_body": "DAkkS",
        "accreditation_number": "D-ZM-00001",
        "postal_address": "Hafenstraße 7, 20457 Hamburg, Germany",
    },
)

STAFF = {
    Role.OWNER: "Owner",
    Role.ISSUER: "Issuer",
    Role.DECISION_MAKER: "Decision-maker",
    Role.AUDITOR: "Auditor",
    Role.VIEWER: "Viewer",
}


@dataclass(frozen=True)
class DemoCertificate:
    """``state`` is where its life has come to; ``days_left`` counts from today to its expiry."""

    tenant: str
    number: str
    organisation: str
    town: str
    country: str
    standard: tuple[str, str]
    scope: str
    iaf_code: str
    days_left: int = 800
    state: str = "active"
    sites: tuple[str, ...] = ()


CERTIFICATES = (
    DemoCertificate(
        "acme",
        "FM 12345/A",
        "Demo Castings Ltd",
        "Sheffield",
        "GB",
        ("9001", "2015"),
        "Design and manufacture of iron and aluminium castings for pumps and valves.",
        "17",
        sites=("Foundry", "Machine shop"),
    ),
    DemoCertificate(
        "acme",
        "EMS 20417",
        "Demo Castings Ltd",
        "Sheffield",
        "GB",
        ("14001", "2015"),
        "Manufacture of iron and aluminium castings.",
        "17",
        days_left=40,
    ),
    DemoCertificate(
        "acme",
        "OHS 30112",
        "Demo Scaffolding BV",
        "Utrecht",
        "NL",
        ("45001", "2018"),
        "Hire, erection and dismantling of scaffolding.",
        "28",
        state="suspended",
    ),
    DemoCertificate(
        "acme",
        "FM 11873",
        "Demo Timber AB",
        "Umeå",
        "SE",
        ("9001", "2015"),
        "Sawing, drying and planing of timber.",
        "6",
        state="withdrawn",
    ),
    DemoCertificate(
        "acme",
        "FM 12346",
        "Demo Bearings GmbH",
        "Schweinfurt",
        "DE",
        ("9001", "2015"),
        "Manufacture of plain bearings.",
        "18",
        state="draft",
    ),
    DemoCertificate(
        "globex",
        "IS 50231",
        "Demo Hosting OÜ",
        "Tartu",
        "EE",
        ("27001", "2022"),
        "Operation of data centres and hosting of customers' servers, according to the statement of applicability.",
        "33",
    ),
    DemoCertificate(
        "globex",
        "FM 12345/A",
        "Demo Logistics SpA",
        "Genova",
        "IT",
        ("9001", "2015"),
        "Storage and road transport of packed goods.",
        "31",
        days_left=300,
    ),
)


def content_of(certificate: DemoCertificate, *, body: str, auditor: str, decider: str, today: date) -> Content:
    """Its dictionary: a three-year cycle that ends ``days_left`` from today, decided by another person than audited."""
    expires = today + timedelta(days=certificate.days_left)
    effective = years_after(expires, -3)
    edition = edition_of(*certificate.standard)
    if edition is None:
        raise LookupError(certificate.standard)
    address = f"1 Example Street, {certificate.town}"
    return {
        "number": certificate.number,
        "organisation": {
            "legalName": certificate.organisation,
            "address": address,
            "country": certificate.country,
            "legalIds": [],
        },
        "sites": [
            {"name": name, "address": f"{index} Example Street, {certificate.town}", "country": certificate.country}
            for index, name in enumerate(certificate.sites, start=1)
        ],
        "standard": standard_of(edition),
        "scope": certificate.scope,
        "scopeLanguage": "en",
        "iafCodes": [certificate.iaf_code],
        "naceCodes": [],
        "certificationType": "Management system",
        "accreditation": {"accredited": True, "body": body, "arrangement": arrangement_on(effective)},
        "originalCertificationDate": effective.isoformat(),
        "decisionDate": effective.isoformat(),
        "effectiveDate": effective.isoformat(),
        "issueDate": effective.isoformat(),
        "expiryDate": expires.isoformat(),
        "audits": [
            {"type": "initial", "date": (effective - timedelta(days=20)).isoformat(), "auditors": [auditor]},
        ],
        "decidedBy": decider,
        "confidential": False,
    }
