"""What must be true before a change, beyond the status: pure judgements with a sentence for each refusal.

How long a certificate may run is in ``cycles``. Source: ISO/IEC 17021-1:2015, 5.1.3, 9.5 and 9.6.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from defiso.audit.actors import Actor
from defiso.certificates.content import Audit, Content, Site
from defiso.certificates.editions import edition_problem, expiry_problem
from defiso.certificates.findings import findings_problem
from defiso.certificates.rules.table import CHANGED, IMPARTIAL, REASON, REDUCED, REVIEW
from defiso.certificates.standards import edition_of
from defiso.certificates.validation import read_day, validate_content
from defiso.core.characters import is_blank, problem_with_characters
from defiso.core.dates import months_after, write_day
from defiso.core.errors import InvalidError
from defiso.core.names import readings_of_person

LONGEST_REASON = 1000
USUAL_SUSPENSION_MONTHS = 6


def issue_problems(
    content: Content,
    *,
    today: date,
    latest_expiry: date | None = None,
    new_cycle: bool = True,
    audits: Sequence[Audit] | None = None,
) -> dict[str, str]:
    """What keeps this content from being decided on today, by field path; empty if nothing does.

    ``latest_expiry`` is the one that the act computed, None for a first certification. ``new_cycle`` is False where an
    act changes a certificate within its cycle, which an edition allows for longer. ``audits`` are all that the decision
    rests on, if they are more than the content tells of.
    """
    problems = validate_content(content, latest_expiry=latest_expiry)
    found = {
        **_problems_of_decision(content, today),
        **_problems_of_period(content, today, new_cycle=new_cycle),
        **findings_problem(
            content.get("audits", []) if audits is None else audits,
            decided=read_day(content.get("decisionDate")) or today,
        ),
    }
    return problems | {path: sentence for path, sentence in found.items() if path not in problems}


def decider_problem(audits: Iterable[Audit], actor: Actor) -> str:
    """Why this person may not decide; empty if they may. A name that reads like an auditor's is the auditor's."""
    audits = list(audits)
    users = {user for audit in audits for user in audit.get("auditorUsers", [])}
    named = (auditor for audit in audits for auditor in audit.get("auditors", []))
    auditors = {reading for auditor in named for reading in readings_of_person(auditor)}
    if actor.id not in users and auditors.isdisjoint(readings_of_person(actor.label)):
        return ""
    return IMPARTIAL.says(f"{actor.label} was in the audit team and so cannot decide on this certificate.")


def revision_problem(old: Content, new: Content) -> str:
    """Why this is no revision of the old; empty if it is."""
    members = ("organisation", "sites", "scope", "scopes", "scopeLanguage", "iafCodes", "naceCodes")
    if any(old.get(name) != new.get(name) for name in members):
        return ""
    return CHANGED.says("Nothing was changed: a revision says something else than the one it replaces.")


def reduction_problem(old: Content, new: Content) -> str:
    """Why this scope is not a reduced one; empty if it is."""
    before, after = _places(old.get("sites", [])), _places(new.get("sites", []))
    if set(after) - set(before):
        return REDUCED.says("A reduced scope has no site that it had not before.")
    if old.get("scope") == new.get("scope") and len(after) >= len(before):
        return REDUCED.says("A reduced scope says less, or has fewer sites: change the scope or take sites away.")
    return ""


def _places(sites: Iterable[Site]) -> list[str]:
    return [" ".join(f"{site.get('name', '')} {site.get('address', '')}".split()).casefold() for site in sites]


def require_reason(reason: str) -> str:
    """The reason as kept. Raises InvalidError naming the field ``reason``."""
    return _text_of(reason, "reason", REASON.says("Give a reason; it is kept in the history."))


def _text_of(typed: str, field: str, missing: str) -> str:
    text = typed.replace("\r\n", "\n").strip()
    problem = problem_with_characters(text, several_lines=True)
    if is_blank(text):
        problem = missing
    elif len(text) > LONGEST_REASON:
        problem = f"At most {LONGEST_REASON:,} characters; this has {len(text):,}."
    if problem:
        raise InvalidError(problem, {field: problem})
    return text


def require_review_date(review_on: date, justification: str, *, today: date) -> str:
    """A suspension is reviewed after today; beyond six months that is justified in writing: what is kept of it.

    Raises InvalidError naming ``review_on`` or ``justification``. Source: ISO/IEC 17021-1:2015, 9.6.5.
    """
    if review_on <= today:
        sentence = REVIEW.says("Review a suspension after today.")
        raise InvalidError(sentence, {"review_on": sentence})
    last = months_after(today, USUAL_SUSPENSION_MONTHS)
    if review_on <= last:
        return ""
    missing = f"A review after {write_day(last)} is over six months away: say why that is justified."
    return _text_of(justification, "justification", REVIEW.says(missing))


def _problems_of_decision(content: Content, today: date) -> dict[str, str]:
    problems = {}
    decided = read_day(content.get("decisionDate"))
    if not content.get("decisionDate"):
        problems["decisionDate"] = "Give the decision date."
    elif decided and _is_to_come(decided, today):
        problems["decisionDate"] = "The decision date is still to come."
    return problems


def _problems_of_period(content: Content, today: date, *, new_cycle: bool) -> dict[str, str]:
    problems = {}
    effective, issued, expires = (read_day(content.get(f"{name}Date")) for name in ("effective", "issue", "expiry"))
    if issued and _is_to_come(issued, today):
        problems["issueDate"] = "The issue date is still to come."
    if effective and _is_to_come(effective, today):
        problems["effectiveDate"] = "The effective date is still to come; issue the certificate on that day."
    if expires and expires < today:
        problems["expiryDate"] = "The expiry date has passed."
    standard = content.get("standard")
    edition = edition_of(standard["code"], standard["edition"]) if standard else None
    if effective and (problem := edition_problem(edition, effective, new_cycle=new_cycle)):
        problems["standard.title"] = problem
    elif expires and (problem := expiry_problem(edition, expires)):
        problems.setdefault("expiryDate", problem)
    return problems


def _is_to_come(day: date, today: date) -> bool:
    return day > today + timedelta(days=1)  # ``today`` is UTC's; tomorrow has already begun east of Greenwich
