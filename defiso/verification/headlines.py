"""The sentences a buyer reads first: one for each overall answer, and one for each status."""

from datetime import date

from defiso.certificates.models import Certificate
from defiso.core.clock import parse_iso
from defiso.verification.verdicts import Overall, Result, Verdict

HEADLINES = {
    Overall.VALID: "This certificate is valid {when}.",
    Overall.PENDING_ANCHOR: "This certificate is issued. Its blockchain record is being written now.",
    Overall.COULD_NOT_CHECK: "We could not check everything just now. That does not make the certificate invalid.",
    Overall.EXPIRED: "Expired on {expired}. Do not rely on it.",
    Overall.SUSPENDED: "Suspended since {since}. Do not rely on it.",
    Overall.WITHDRAWN: "Withdrawn on {since}. Do not rely on it.",
    Overall.CANCELLED: "Ended on {since}. Do not rely on it.",
    Overall.VOID: "Issued in error and void since {since}. Do not rely on it.",
    Overall.NOT_GENUINE: "The record of this certificate has been altered. Do not rely on it.",
}

# Status -> (result, sentence).
STATUS_SENTENCES = {
    "active": (Result.PASS, "Active {when}."),
    "expired": (Result.FAIL, "Expired on {expired}."),
    "suspended": (Result.FAIL, "Suspended since {since}."),
    "withdrawn": (Result.FAIL, "Withdrawn on {since}."),
    "cancelled": (Result.FAIL, "Ended by its holder on {since}."),
    "transferred_out": (Result.FAIL, "Transferred to another body on {since}."),
    "void": (Result.FAIL, "Issued in error; void since {since}."),
    "unknown": (Result.UNKNOWN, "The registry has no record of it {when}."),
}
ALTERED = "The recorded status does not carry the body’s signature."


def headline_of(overall: Overall, certificate: Certificate, *, on: date | None) -> str:
    return HEADLINES[overall].format(**_words(certificate, on))


def status_verdict(certificate: Certificate, status: str, *, intact: bool, on: date | None) -> Verdict:
    """The status as a verdict; a status without the body's seal fails, whatever it says."""
    if not intact:
        return Verdict("status", Result.FAIL, ALTERED)
    result, sentence = STATUS_SENTENCES.get(status, STATUS_SENTENCES["unknown"])
    return Verdict("status", result, sentence.format(**_words(certificate, on)))


def _words(certificate: Certificate, on: date | None) -> dict[str, str]:
    return {
        "when": f"on {_day(on)}" if on else "today",
        "since": _day(parse_iso(certificate.since).date()) if certificate.since else "an unknown date",
        "expired": _day(date.fromisoformat(certificate.expires_on)) if certificate.expires_on else "an unknown date",
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
