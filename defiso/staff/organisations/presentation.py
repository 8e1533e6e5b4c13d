"""What the pages of clients show, as plain values for templates."""

from collections.abc import Sequence
from typing import Any

from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status, status_of
from defiso.core import clock
from defiso.core.errors import DomainError
from defiso.organisations.identifiers import problem_with_identifier
from defiso.organisations.members import Member
from defiso.organisations.models import Client, Term
from defiso.organisations.services import PRINTED
from defiso.tenants.models import Tenant

COMPARED = 25  # certificates a page, each with two reads: its head and what it says
IN_FORCE = (Status.ACTIVE, Status.SUSPENDED)
PRINTED_AS = {"name": "legalName", "english_name": "englishName", "address": "address", "country": "country"}
FIELD_WORDS = {"name": "Name", "english_name": "English name", "address": "Address", "country": "Country"}


def row_of_client(client: Client) -> dict[str, Any]:
    return {
        "slug": client.slug,
        "name": client.name,
        "english_name": client.english_name,
        "country": client.country,
        "address": client.address,
        "client_number": client.client_number,
    }


def row_of_term(term: Term) -> dict[str, Any]:
    return {**dict.fromkeys(("english_name", "country", "address", "client_number")), **term.shown, "slug": term.slug}


def row_of_member(member: Member) -> dict[str, Any]:
    """As ``organisations/_certificate.html`` shows it."""
    return {
        "slug": member.slug,
        "number": member.number,
        "confidential": member.confidential,
        "organisation_name": member.organisation_name,
        "country": member.country,
        "standard_title": member.standard_title,
        "status_today": status_of(member.status, member.expires_on, clock.today()),
        "expires_on": member.expires_on,
    }


def present_client(client: Client, members: Sequence[Member]) -> dict[str, Any]:
    """``absorbed`` may be undone if nothing has changed the client since, for all that this row says."""
    absorbed = [{**one, "can_part": one["version"] == client.version} for one in client.absorbed or []]
    return {
        "rows": [row_of_member(member) for member in members],
        "identifiers": [
            {**one, "problem": problem_with_identifier(one["scheme"], one["value"], client.country or "")}
            for one in client.identifiers
        ],
        "absorbed": absorbed,
        "audits_due": sorted(
            (member.surveillance_due, member.number, member.slug)
            for member in members
            if member.surveillance_due and status_of(member.status, member.expires_on, clock.today()) in IN_FORCE
        ),
    }


def present_offers(tenant: Tenant, client: Client, members: Sequence[Member]) -> list[dict[str, Any]]:
    """Certificates in force whose document differs from what the client is called now, and in what."""
    offers = []
    today = clock.today()
    for member in members:
        if status_of(member.status, member.expires_on, today) not in IN_FORCE:
            continue
        differences, problem = _differences(tenant, client, member)
        if differences or problem:
            offers.append({"row": row_of_member(member), "differences": differences, "problem": problem})
    return offers


def _differences(tenant: Tenant, client: Client, member: Member) -> tuple[list[dict[str, str]], str]:
    try:
        printed = dictionary_of(get_certificate(tenant=tenant, number=member.slug))["organisation"]
    except DomainError as error:
        return [], error.sentence
    return [
        {
            "field": FIELD_WORDS[name],
            "printed": str(printed.get(PRINTED_AS[name], "")),
            "now": getattr(client, name) or "",
        }
        for name in PRINTED
        if (printed.get(PRINTED_AS[name]) or "") != (getattr(client, name) or "")
    ], ""
