"""The sentences a buyer reads first: one for each overall answer, and one for each status."""

from dataclasses import dataclass
from datetime import date

from defiso.core.checks import Check, Result
from defiso.core.clock import parse_iso
from defiso.core.dates import write_day
from defiso.verification.verdicts import FORCED_BY_STATUS, Overall

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

COULD_NOT_CHECK_THAT_DAY = "We cannot say how it stood {when}. That does not make the certificate invalid."

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
# What a register that was loaded says of a status -> how it is told. Since when, it does not say, so no day is named.
RECORDED_AS = {
    "suspended": "suspended",
    "withdrawn": "withdrawn",
    "cancelled": "ended by its holder",
    "transferred_out": "transferred to another body",
    "void": "issued in error and void",
}
HEADLINE_OF_RECORDED = "Recorded as {recorded} when the register was loaded. Do not rely on it."
SENTENCE_OF_RECORDED = "Recorded as {recorded} when the register was loaded. Since when is not known here."
ALTERED = "The recorded status does not carry the body’s signature."


@dataclass(frozen=True)
class Standing:
    """How a certificate stood: ``since`` an ISO time, ``expires_on`` an ISO date, ``on`` the past day asked for.

    ``from_register``: a register that was loaded said so, and ``since`` is when it was loaded.
    """

    status: str
    since: str
    expires_on: str | None
    on: date | None
    from_register: bool

    @property
    def recorded_as(self) -> str:
        """What a register said it was, where no beginning of it is known; else empty."""
        return RECORDED_AS.get(self.status, "") if self.from_register else ""

    def fill(self, sentence: str) -> str:
        return sentence.format(
            when=f"on {write_day(self.on)}" if self.on else "today",
            since=_day_of(self.since),
            expired=_day_of(self.expires_on),
            recorded=self.recorded_as,
        )


def headline_of(overall: Overall, standing: Standing) -> str:
    if overall is Overall.COULD_NOT_CHECK and standing.on:
        return standing.fill(COULD_NOT_CHECK_THAT_DAY)
    if standing.recorded_as and overall is FORCED_BY_STATUS[standing.status]:
        return standing.fill(HEADLINE_OF_RECORDED)
    return standing.fill(HEADLINES[overall])


def check_status(standing: Standing, *, intact: bool) -> Check:
    """The status as a check; a status without the body's seal fails, whatever it says."""
    if not intact:
        return Check(Result.FAIL, ALTERED)
    result, sentence = STATUS_SENTENCES.get(standing.status, STATUS_SENTENCES["unknown"])
    return Check(result, standing.fill(SENTENCE_OF_RECORDED if standing.recorded_as else sentence))


def _day_of(text: str | None) -> str:
    """The day of an ISO date or time. A damaged one is left out of the sentence rather than breaking the page."""
    try:
        return write_day(parse_iso(text).date() if text and len(text) > 10 else date.fromisoformat(text or ""))
    except ValueError:
        return "an unknown date"
