"""What a certificate says in print: its dictionary as a sheet, with everything ISO/IEC 17021-1:2015, 8.2.2 asks.

Which dictionary may be printed is for the caller: what was verified as signed, or a draft that says it is one.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from defiso.certificates.content import Content
from defiso.certificates.reference import IAF_CODES, LANGUAGES
from defiso.certificates.states import Status
from defiso.core.countries import country_name
from defiso.core.dates import write_day
from defiso.core.numbers import slug_of
from defiso.documents.qr import draw_qr
from defiso.documents.sheet import PAPERS, Organisation, Sheet, Site, Spoken, Translation, spoken
from defiso.tenants.models import Tenant
from defiso.tenants.services import origin_of
from defiso.web.theme import HEX_COLOUR, readable_accent

DEFAULT_ACCENT = "#0f5f63"
DRAFT_STANDING = "Draft: not decided, not issued, not signed. It certifies nothing."
ADVICE = (
    "Paper cannot know what happened after it was printed. The page at this address says whether the certificate is "
    "valid today, and how that is known. The signed credential is attached to the PDF of this certificate."
)
# Certification type -> the words before the organisation and before the standard.
SENTENCES = {
    "Management system": ("{body} certifies that the management system of", "meets the requirements of"),
    "": ("{body} certifies", "as meeting the requirements of"),
}
# Status -> the word across every page; nothing across a certificate in force.
WORDS = {
    Status.DRAFT: "DRAFT",
    Status.UNDER_REVIEW: "DRAFT",
    Status.REFUSED: "DRAFT",
    Status.SUSPENDED: "SUSPENDED",
    Status.EXPIRED: "EXPIRED",
    Status.WITHDRAWN: "WITHDRAWN",
    Status.CANCELLED: "CANCELLED",
    Status.VOID: "VOID",
    Status.TRANSFERRED_OUT: "TRANSFERRED",
}
SUPERSEDED = "SUPERSEDED"
# Member of the dictionary -> its label, in the order printed.
DATES = {
    "originalCertificationDate": "First certified",
    "previousExpiryDate": "Previous cycle expired",
    "recertificationDate": "Recertified",
    "decisionDate": "Decided",
    "effectiveDate": "Effective from",
    "issueDate": "Issued",
    "expiryDate": "Expires",
}


def make_sheet(
    *,
    tenant: Tenant,
    content: Mapping[str, Any],
    address: str,
    paper: str = "",
    word: str = "",
    standing: str = "",
    credential: str = "",
) -> Sheet:
    """``address`` is that of the public page, ``paper`` one of PAPERS or empty for the body's own."""
    organisation, standard = content["organisation"], content["standard"]
    name = tenant.print_name or tenant.name
    number = content.get("number", "")
    before, between = SENTENCES.get(content.get("certificationType", ""), SENTENCES[""])
    return Sheet(
        title=f"{standard['title']} certificate {number}",
        description=f"Issued to {organisation['legalName']} by {name}",
        body={"name": _said(name), "lines": _texts(tenant.postal_address, tenant.website, tenant.contact_email)},
        organisation=_organisation(organisation),
        standard={"title": standard["title"], "name": standard.get("name", "")},
        scope=_said(content.get("scope") or "–", language=content.get("scopeLanguage", "")),
        scope_language=_language(content.get("scopeLanguage", "")),
        scopes=[_translation(scope) for scope in content.get("scopes") or []],
        sites=[_site(site) for site in content.get("sites") or []],
        number=number,
        revision=_revision(content),
        facts=_facts(content),
        notes=_notes(content, name, (tenant.mark or {}).get("licence", "")),
        address=address,
        qr=draw_qr(address).decode(),
        accent=_accent(tenant),
        paper=PAPERS.get(paper or tenant.paper_size or "", PAPERS["a4"]),
        opening=before.format(body=name),
        finding=between,
        advice=ADVICE,
        logo=(tenant.logo or {}).get("digest", ""),
        mark=(tenant.mark or {}).get("digest", ""),
        dated=content.get("issueDate", ""),
        word=word,
        standing=standing,
        credential=credential,
    )


def make_draft_sheet(*, tenant: Tenant, content: Content, paper: str = "") -> Sheet:
    """The same of a content that is not issued, or is yet to be: it says across every page that it is a draft."""
    return make_sheet(
        tenant=tenant,
        content=content,
        address=f"{origin_of(tenant)}/certificates/{quote(slug_of(content['number']))}",
        paper=paper,
        word=WORDS[Status.DRAFT],
        standing=DRAFT_STANDING,
    )


def _accent(tenant: Tenant) -> str:
    """The body's own colour as on its pages: dark enough on white."""
    chosen = tenant.accent or ""
    return readable_accent(chosen).light if HEX_COLOUR.fullmatch(chosen) else DEFAULT_ACCENT


def _organisation(organisation: Mapping[str, Any]) -> Organisation:
    country, legal, english = (organisation.get(key, "") for key in ("country", "legalName", "englishName"))
    ids = [f"{one['scheme']} {one['value']}" for one in organisation.get("legalIds") or []]
    return {
        "name": _said(legal, country=country),
        "english": spoken(english, country=country) if english != legal else None,
        "address": spoken(organisation.get("address"), country=country),
        "country": country_name(country),
        "ids": " · ".join(ids),
    }


def _site(site: Mapping[str, Any]) -> Site:
    country = site.get("country", "")
    return {
        "name": spoken(site.get("name"), country=country),
        "address": spoken(site.get("address"), country=country),
        "scope": spoken(site.get("scope"), country=country),
        "country": country_name(country),
        "main": bool(site.get("main")),
    }


def _translation(scope: Mapping[str, Any]) -> Translation:
    language = scope.get("language", "")
    return {"language": _language(language), "words": _said(scope.get("text") or "–", language=language)}


def _facts(content: Mapping[str, Any]) -> list[list[str]]:
    codes = ", ".join(f"{code} {IAF_CODES.get(code, '')}".strip() for code in content.get("iafCodes") or [])
    facts = {
        "Certificate number": content.get("number", ""),
        "Revision": _revision(content).removeprefix("Revision "),
        **{label: _day(content.get(member)) for member, label in DATES.items()},
        "IAF codes": codes,
        "NACE codes": ", ".join(content.get("naceCodes") or []),
    }
    return [[label, text] for label, text in facts.items() if text]


def _revision(content: Mapping[str, Any]) -> str:
    """``Revision 3, replaces revision 2``: how it is told from the document it replaces (8.2.2 i)."""
    number, replaced = content.get("revision") or 0, content.get("replaces", "")
    if not number:
        return f"Replaces {replaced}" if replaced else ""
    before = ", ".join(filter(None, [f"revision {number - 1}" if number > 1 else "", replaced]))
    return f"Revision {number}, replaces {before}" if before else f"Revision {number}"


def _notes(content: Mapping[str, Any], body: str, licence: str) -> list[str]:
    accreditation, former = content.get("accreditation") or {}, content.get("transferredFrom") or {}
    notes = [_accreditation(accreditation, body)]
    if former:
        number = f", where its number was {former['number']}" if former.get("number") else ""
        notes.append(f"Transferred from {former.get('certificationBody', 'another body')}{number}.")
    if numbers := content.get("integratedWith"):
        notes.append(f"Part of an integrated management system with certificates {', '.join(numbers)}.")
    if licence:
        notes.append(f"The mark is used under licence {licence}.")
    return [note for note in notes if note]


def _accreditation(accreditation: Mapping[str, Any], body: str) -> str:
    """In words, as claimed: the mark of an accreditor or of an arrangement is not ours to print."""
    if accreditation.get("accredited") is False:
        return "This certification is not accredited."
    if not accreditation.get("body"):
        return ""
    number = f" under number {accreditation['number']}" if accreditation.get("number") else ""
    arrangement = f" ({accreditation['arrangement']})" if accreditation.get("arrangement") else ""
    return (
        f"{body} states that it is accredited for this certification by {accreditation['body']}{number}{arrangement}."
    )


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


def _day(text: str | None) -> str:
    """A date of a draft may be anything; it is printed as typed until it is one."""
    try:
        return write_day(date.fromisoformat(text or ""))
    except ValueError:
        return text or ""


def _texts(*texts: str | None) -> list[Spoken]:
    return [said for text in texts if (said := spoken(text))]


def _said(text: str, *, country: str = "", language: str = "") -> Spoken:
    return spoken(text, country=country, language=language) or Spoken(text="", lang="und", han="SC", rtl=False)
