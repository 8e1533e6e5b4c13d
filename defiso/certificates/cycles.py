"""How long a certificate may run: what each act computes, and the person may shorten but never lengthen.

Pure judgements of dates. Source: ISO/IEC 17021-1:2015, 9.1.3.2 and 9.6.3.2.
"""

from datetime import date

from defiso.certificates.content import Audit
from defiso.certificates.editions import latest_expiry
from defiso.certificates.problems import read_day
from defiso.certificates.rules.table import FIRST_CYCLE, LAPSED, RENEWED, RESTORED, Rule
from defiso.certificates.standards import edition_of
from defiso.certificates.validation import CYCLE_YEARS
from defiso.core.dates import months_after, write_day, years_after
from defiso.core.errors import InvalidError

RESTORED_WITHIN_MONTHS = 6


def renewed_until(expired: date | None, today: date) -> tuple[date, Rule]:
    """The last day of the next cycle, and why: it counts from the expiry before, if that is known."""
    if expired is None:
        return years_after(today, CYCLE_YEARS), FIRST_CYCLE
    return years_after(expired, CYCLE_YEARS), RENEWED


def can_be_restored(expired: date, today: date) -> bool:
    return today <= months_after(expired, RESTORED_WITHIN_MONTHS)


def restored_problem(expired: date, today: date) -> str:
    """Why it cannot be restored on its prior cycle any more; empty if it can."""
    if can_be_restored(expired, today):
        return ""
    last = write_day(months_after(expired, RESTORED_WITHIN_MONTHS))
    return RESTORED.says(f"it could be restored until {last} only; now it takes at least a stage 2.")


def lapsed_problem(expired: date, today: date) -> str:
    """Why it cannot be certified again yet; empty if it can."""
    if not can_be_restored(expired, today):
        return ""
    last = write_day(months_after(expired, RESTORED_WITHIN_MONTHS))
    return LAPSED.says(f"until {last} it can be restored on its prior cycle instead.")


def cycle_start(expires: date | None) -> date | None:
    """The day after which an audit belongs to the cycle that ends then; None if that is not known."""
    return years_after(expires, -CYCLE_YEARS) if expires else None


def require_audit(audit: Audit, *, after: date | None, rule: Rule, today: date) -> None:
    """Raises InvalidError naming ``audit_date`` unless it ended after that day, and by today."""
    ended, problem = read_day(audit.get("date")), ""
    if ended is None:
        problem = rule.says("Give the last day of the audit that this rests on.")
    elif ended > today:
        problem = rule.says("The audit is still to come.")
    elif after and ended <= after:
        problem = rule.says(f"The audit must have ended after {write_day(after)}.")
    if problem:
        raise InvalidError(problem, {"audit_date": problem})


def chosen_expiry(wanted: date | None, *, latest: date, rule: Rule, today: date) -> date:
    """The expiry that the person wants, or the latest. Raises InvalidError naming ``expires_on``."""
    chosen = wanted or latest
    problem = ""
    if chosen > latest:
        problem = rule.says(f"At the latest {write_day(latest)}.")
    elif chosen <= today:
        problem = "The expiry date must be after today."
    if problem:
        raise InvalidError(problem, {"expires_on": problem})
    return chosen


def capped(latest: date, standard: tuple[str, str]) -> date:
    """Not beyond the day on which the edition (code, edition) ends."""
    last = latest_expiry(edition_of(*standard))
    return min(latest, last) if last else latest
