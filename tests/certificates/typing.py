"""What a person types into the pages of a draft, one after the other."""

from django.http import HttpResponse
from django.test import Client

from tests.certificates.making import in_days

LIST = "/staff/certificates/"
NEW = "/staff/certificates/new"
FIRST = in_days(-10).isoformat()
PAGES: dict[str, dict[str, str]] = {
    "organisation": {
        "legal_name": "Gießerei Müller GmbH & Co. KG",
        "address": "Hüttenstraße 1\r\n44135 Dortmund",
        "country": "Germany",
        "legal_ids-count": "1",
        "legal_ids-0-scheme": "VAT",
        "legal_ids-0-value": "DE123456789",
    },
    "standard": {
        "standard": "9001:2015",
        "number": "FM 12345/A",
        "scope": "Casting <b>grey</b> iron",
        "scope_language": "en",
        "iaf_codes": "17, 18",
        "nace_codes": "24.51",
        "certification_type": "Management system",
        "accredited": "yes",
        "accreditation_body": "DAkkS",
    },
    "audits": {
        "audits-count": "1",
        "audits-0-type": "initial",
        "audits-0-date": FIRST,
        "audits-0-auditors": "Lead auditor\r\nTechnical expert",
    },
    "dates": {
        "decision_date": FIRST,
        "effective_date": FIRST,
        "issue_date": FIRST,
        "expiry_date": in_days(900).isoformat(),
    },
}
START = {"legal_name": "Gießerei Müller GmbH & Co. KG", "standard": "9001:2015", "number": "FM 12345/A"}
SITE = {"name": "Works 2", "address": "Hafenweg 5", "country": "DE"}


def begin(browser: Client, **changes: str) -> HttpResponse:
    return browser.post(NEW, START | changes)


def write(browser: Client, page: str, *, version: int, slug: str = "FM-12345-A", **changes: str) -> HttpResponse:
    return browser.post(f"{LIST}{slug}/edit/{page}", PAGES[page] | {"version": str(version)} | changes)


def write_all(browser: Client) -> None:
    """A whole draft, FM 12345/A, at version 6."""
    begin(browser)
    for version, page in enumerate(PAGES, 1):
        write(browser, page, version=version)
    browser.post(f"{LIST}FM-12345-A/edit/sites/1", SITE | {"version": "5"})
