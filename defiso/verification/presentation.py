"""What the public pages and files show, made of a verification: plain values for templates and JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.urls import reverse

from defiso.anchoring.models import Proof
from defiso.certificates.reference import IAF_CODES, country_name
from defiso.core import clock
from defiso.core.checks import Check, Result
from defiso.core.numbers import slug_of
from defiso.credentials.did import did_of
from defiso.organisations.models import name_slug
from defiso.tenants.models import Tenant
from defiso.tenants.services import origin_of
from defiso.verification.languages import scopes_of
from defiso.verification.verdicts import FORCED_BY_STATUS, LABELS, Overall, Verification

SHOWN_AS_IS = ("headline", "checked_at", "anchor", "pending", "accreditation")
ENDED = {Overall.WITHDRAWN, Overall.CANCELLED, Overall.VOID}


def present_certificate(verification: Verification, languages: Sequence[str] = ()) -> dict[str, Any]:
    """The signed subject as the page lays it out, with what the verification knows of the certificate."""
    shown = present_subject(verification.subject, verification.revision, languages)
    dates = shown["dates"] | {"ended": verification.overall in ENDED}
    return shown | {"number": verification.number, "slug": verification.slug, "dates": dates}


def organisation_page(verification: Verification, tenant: Tenant) -> str:
    """Where this body's certificates of the same name are listed; empty if this one is not among them."""
    name = str((verification.subject.get("organisation") or {}).get("legalName") or "")
    is_listed = tenant.is_browsable and verification.overall != Overall.VOID
    slug = name_slug(name) if is_listed else ""
    return reverse("portal:organisation", args=[slug]) if slug else ""


def present_subject(subject: Mapping[str, Any], revision: int, languages: Sequence[str] = ()) -> dict[str, Any]:
    """What one revision says; every value comes from the signed document."""
    standard = subject.get("standard") or {}
    organisation = dict(subject.get("organisation") or {})
    organisation["country_name"] = country_name(organisation.get("country", ""))
    if organisation.get("englishName") == organisation.get("legalName"):
        organisation.pop("englishName", None)
    return {
        "unreadable": not subject,
        "revision": revision,
        "standard_title": standard.get("title", ""),
        "standard_name": standard.get("name", ""),
        "organisation": organisation,
        "scopes": scopes_of(subject, languages),
        "sites": [_site(site) for site in subject.get("sites") or []],
        "dates": _dates(subject),
        "accreditation": subject.get("accreditation") or {},
        "iaf_codes": [f"{code} {IAF_CODES.get(code, '')}".strip() for code in subject.get("iafCodes") or []],
        "certification_type": subject.get("certificationType", ""),
        "set_of": [{"number": number, "slug": slug_of(number)} for number in subject.get("integratedWith") or []],
        "transferred": subject.get("transferredFrom") or {},
    }


def _site(site: Mapping[str, Any]) -> dict[str, Any]:
    return {**site, "country_name": country_name(site.get("country", ""))}


def _dates(subject: Mapping[str, Any]) -> dict[str, Any]:
    effective, expires = _day(subject.get("effectiveDate")), _day(subject.get("expiryDate"))
    dates: dict[str, Any] = {
        "original": _day(subject.get("originalCertificationDate")),
        "previous": _day(subject.get("previousExpiryDate")),
        "recertified": _day(subject.get("recertificationDate")),
        "decision": _day(subject.get("decisionDate")),
        "issued": _day(subject.get("issueDate")),
        "effective": effective,
        "expires": expires,
        "progress": 0,
        "days_left": None,
    }
    if effective and expires and expires > effective:
        passed = (clock.today() - effective).days / (expires - effective).days
        dates["progress"] = round(100 * min(1, max(0, passed)))
        dates["days_left"] = (expires - clock.today()).days
    return dates


def _day(text: str | None) -> date | None:
    """A damaged date is left out rather than breaking the page that says it is damaged."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def present_verification(verification: Verification) -> dict[str, Any]:
    shown = {name: getattr(verification, name) for name in SHOWN_AS_IS}
    verdicts = [
        present_check(name, check) | {"shown": _shown(verification, name)}
        for name, check in verification.verdicts.items()
    ]
    is_stated = verification.state is not None  # and so can be stated by the body
    return shown | {"overall": verification.overall.value, "verdicts": verdicts, "is_stated": is_stated}


def present_check(name: str, check: Check) -> dict[str, Any]:
    return {"name": name, "label": LABELS[name], "reason": check.reason, "result": check.result.value}


def _shown(verification: Verification, name: str) -> str:
    """The word, colour and icon a verdict gets on the page, where its bare result would mislead; see ``web.words``."""
    result = verification.verdicts[name].result
    if name == "anchor" and verification.pending:
        return "pending"
    if name == "status" and result is Result.FAIL and verification.overall in FORCED_BY_STATUS.values():
        return verification.overall.value
    return result.value


def page_address(tenant: Tenant, slug: str) -> str:
    """The absolute address of a certificate's public page, as printed and as in its QR code."""
    return origin_of(tenant) + reverse("verification:certificate", args=[slug])


def present_evidence(verification: Verification, tenant: Tenant) -> dict[str, Any]:
    urls = {
        f"{name}_url": reverse(f"verification:{name}", args=[verification.slug])
        for name in ("credential", "proof", "pack", "check", "verdict", "qr", "pdf")
    }
    facts = {"digest": verification.digest, "key_id": verification.key_id, "issuer_did": did_of(tenant)}
    return facts | urls | {"page_url": page_address(tenant, verification.slug)}


def present_verdicts(verification: Verification, *, checked_at: str) -> dict[str, Any]:
    """The body of ``verdict.json``; ``checked_at`` an ISO time, or what stands for it."""
    return {
        "tenant": verification.tenant_slug,
        "number": verification.number,
        "revision": verification.revision,
        "overall": verification.overall.value,
        "checked_at": checked_at,
        "verdicts": {
            name: {"result": verdict.result.value, "reason": verdict.reason}
            for name, verdict in verification.verdicts.items()
        },
        "accreditation": {
            "level": verification.accreditation.level.value,
            "reason": verification.accreditation.reason,
        },
        "anchor": _anchor_json(verification),
    }


def _anchor_json(verification: Verification) -> dict[str, Any] | None:
    if verification.anchor is None:
        return None
    facts = asdict(verification.anchor)
    del facts["chain_name"], facts["explorer_url"]  # for people
    return facts


def present_proof(proof: Proof | None) -> dict[str, Any]:
    """The body of ``proof.json``: hash the leaf with each sibling, on its side, up to the root in the transaction."""
    if proof is None:
        return {"anchored": False, "reason": "This certificate is waiting to be written to the blockchain."}
    return {
        "anchored": True,
        "number": proof.number,
        "revision": int(proof.revision),
        "algorithm": "SHA-256(left || right)",
        "index": int(proof.index),
        "path": proof.path,
        "root": proof.root,
        "chain_id": int(proof.chain_id),
        "tx_hash": proof.tx_hash,
        "block": int(proof.block_number),
        "sender": proof.sender,
        "confirmed_at": proof.confirmed_at,
    }
