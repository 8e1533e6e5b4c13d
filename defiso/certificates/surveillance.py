"""When a certificate in force is next to be audited, and the audits recorded since it was issued: rows of their own.

What is recorded here changes no public state: the head keeps its version and seal, and only its next due day moves.
"""

from collections.abc import Iterable
from datetime import date
from typing import cast

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from defiso.certificates.content import Audit, Content
from defiso.certificates.models import Certificate
from defiso.core.dates import months_after
from defiso.core.ids import new_id
from defiso.store.items import CertificatesItem, readable

FIRST_WITHIN_MONTHS = 12
MOST_LISTED = 100
PLANNED = "surveillance"


class RecordedAudit(CertificatesItem):
    """``PK TENANT#<slug>, SK AUDIT#<slug of number>#<last day>#<id>``; ``audit`` as in a content, ``by`` a label."""

    generation = UnicodeAttribute(attr_name="gen")
    audit = JSONAttribute()
    by = UnicodeAttribute()


def audit_key(slug: str, day: str = "", audit_id: str = "") -> str:
    return f"AUDIT#{slug}#{day}#{audit_id}" if day else f"AUDIT#{slug}#"


def new_record(head: Certificate, audit: Audit, *, by: str) -> RecordedAudit:
    key = audit_key(head.slug, audit["date"], new_id())
    return RecordedAudit(head.PK, key, generation=head.generation, audit=dict(audit), by=by)


def recorded_audits(head: Certificate) -> list[RecordedAudit]:
    """Those since it was issued, oldest first: one query where there are such, none else."""
    if not head.has_recorded_audits:
        return []
    found = RecordedAudit.query(head.PK, RecordedAudit.SK.startswith(audit_key(head.slug)), limit=MOST_LISTED)
    return [row for row in readable(found) if row.generation == head.generation]


def audits_of(content: Content, recorded: Iterable[RecordedAudit]) -> list[Audit]:
    """All that a decision rests on: the audits that its content tells of, and those recorded since it was issued."""
    return [*content.get("audits", []), *(cast(Audit, dict(row.audit)) for row in recorded)]


def next_surveillance(*, decided: date, audited: Iterable[date], expires: date) -> date | None:
    """The last day for the next one: within 12 months of the decision, then once each calendar year, except in the
    year of the recertification; None once that is what comes next. Source: ISO/IEC 17021-1:2015, 9.1.3.3.
    """
    since = max((day for day in audited if day > decided), default=None)
    if since is None:
        first = months_after(decided, FIRST_WITHIN_MONTHS)
        return first if first < expires else None
    return date(since.year + 1, 12, 31) if since.year + 1 < expires.year else None


def due_when_issued(content: Content, was: Certificate | None) -> str | None:
    """What the head of a new revision keeps, an ISO date: the day it had, or that of the cycle which this one begins.

    None where the day of the decision is not known, as of a loaded register.
    """
    if was and was.is_issued and was.expires_on == content["expiryDate"]:
        kept: str | None = was.surveillance_due
        return kept
    if not content.get("decisionDate"):
        return None
    audited = [
        date.fromisoformat(audit["date"])
        for audit in content.get("audits", [])
        if audit.get("type") == PLANNED and audit.get("date")
    ]
    decided, expires = (date.fromisoformat(content[name]) for name in ("decisionDate", "expiryDate"))
    due = next_surveillance(decided=decided, audited=audited, expires=expires)
    return due.isoformat() if due else None


def due_after(audit: Audit, head: Certificate) -> str | None:
    """The next day after this audit; as it was after one that is not a surveillance, or is of the time before."""
    held, kept = date.fromisoformat(audit["date"]), head.surveillance_due
    is_of_before = kept and held <= months_after(date.fromisoformat(kept), -FIRST_WITHIN_MONTHS)
    if audit["type"] != PLANNED or not head.expires_on or is_of_before:
        return kept or None
    due = next_surveillance(decided=date.min, audited=[held], expires=date.fromisoformat(head.expires_on))
    return due.isoformat() if due else None
