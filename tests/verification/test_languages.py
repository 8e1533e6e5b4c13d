"""The public page shows the scope in the visitor's language, with the binding text a click away and no script."""

import re

import pytest
from django.test import Client

from defiso.tenants.models import Tenant
from tests.certificates.making import make_certificate

SCOPES = [{"language": "de", "text": "Gießen von Grauguss"}, {"language": "fr", "text": "Moulage de fonte grise"}]
BINDING = "Casting and machining of grey iron"


def page_for(tenant: Tenant, accepted: str) -> tuple[str, str]:
    """The page and its Vary header, for a browser that asks for these languages."""
    headers = {"accept-language": accepted} if accepted else {}
    response = Client(headers={"host": tenant.host, **headers}).get("/certificates/ISO9001-2026-ABC123")
    return response.content.decode(), response["Vary"]


@pytest.mark.parametrize(
    ("accepted", "shown", "note"),
    [
        ("", BINDING, "This text in English is binding."),
        ("en-GB,en;q=0.9", BINDING, "This text in English is binding."),
        ("de-AT, en;q=0.5", SCOPES[0]["text"], "A translation; the text in English is binding."),
        ("pl, fr;q=0.8, de;q=0.2", SCOPES[1]["text"], "A translation; the text in English is binding."),
        ("ja", BINDING, "This text in English is binding."),
        ("de;q=0, *", BINDING, "This text in English is binding."),
        ("x" * 5000, BINDING, "This text in English is binding."),
    ],
)
def test_a_scope_is_shown_as_the_visitor_reads_it_and_the_binding_one_is_a_click_away(
    tenant: Tenant, accepted: str, shown: str, note: str
) -> None:
    make_certificate(tenant, scopes=SCOPES)

    page, varies = page_for(tenant, accepted)

    texts = re.findall(r'<p class="scope"[^>]*>(.*?)</p>', page)
    folded = re.findall(r"<details[^>]*><summary>[^<]*</summary><p class=\"scope\"[^>]*>(.*?)</p>", page)
    assert texts[0] == shown
    assert sorted(texts) == sorted([BINDING, *(scope["text"] for scope in SCOPES)])
    assert folded == texts[1:]
    assert note in page
    assert "Accept-Language" in varies


def test_what_was_kept_for_one_visitor_is_not_given_to_one_of_another_language(tenant: Tenant) -> None:
    make_certificate(tenant, scopes=SCOPES)

    firsts = [
        re.findall(r'<p class="scope"[^>]*lang="(\w+)"', page_for(tenant, asked)[0])[0] for asked in ("de", "fr", "de")
    ]

    assert firsts == ["de", "fr", "de"]


def test_a_scope_in_one_language_needs_no_note(tenant: Tenant) -> None:
    make_certificate(tenant)

    page, _varies = page_for(tenant, "de")

    assert "is binding" not in page
    assert page.count('class="scope"') == 1


def test_the_set_that_was_signed_is_shown_to_the_public(tenant: Tenant) -> None:
    make_certificate(tenant, integratedWith=["ISO14001-2026-XYZ"])

    page, _varies = page_for(tenant, "")

    assert '<a href="/certificates/ISO14001-2026-XYZ">ISO14001-2026-XYZ</a>' in page
