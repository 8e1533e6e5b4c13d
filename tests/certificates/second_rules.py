"""The life of a certificate once more: written straight from the table of the design, sharing no code with the product.

Days are dates; of a finding only the major ones count here. Source: ISO/IEC 17021-1:2015, IAF MD 2.
"""

import calendar
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

ARROWS = {
    "submit": ({"draft"}, "under_review"),
    "return": ({"under_review"}, "draft"),
    "refuse": ({"under_review"}, "refused"),
    "issue": ({"under_review"}, "active"),
    "revise": ({"active"}, "active"),
    "suspend": ({"active"}, "suspended"),
    "restore": ({"suspended"}, "active"),
    "reduce": ({"suspended"}, "active"),
    "renew": ({"active"}, "active"),
    "restore-expired": ({"expired"}, "active"),
    "certify-again": ({"expired"}, "active"),
    "withdraw": ({"active", "suspended", "expired"}, "withdrawn"),
    "cancel": ({"active"}, "cancelled"),
    "void": ({"active", "suspended", "expired"}, "void"),
    "transfer-out": ({"active"}, "transferred_out"),
}
DECISIONS = {"refuse", "issue", "revise", "restore", "reduce", "renew", "restore-expired", "certify-again"}
NEW_REVISION = {"issue", "revise", "reduce", "renew", "restore-expired", "certify-again"}
WITH_REASON = {
    "return",
    "refuse",
    "revise",
    "suspend",
    "restore",
    "reduce",
    "withdraw",
    "cancel",
    "void",
    "transfer-out",
}


@dataclass(frozen=True)
class Audit:
    """``major``: none found, or the day on which its correction was verified, or False while it is open."""

    kind: str
    day: date
    major: date | bool | None = None


@dataclass(frozen=True)
class Life:
    """What is so of one certificate."""

    decided: date
    effective: date
    expires: date
    status: str = "draft"
    revision: int = 0
    version: int = 1
    complete: bool = True
    scope: int = 0
    sites: frozenset[int] = frozenset({1, 2})
    audits: tuple[Audit, ...] = field(default=())

    def shown(self, today: date) -> str:
        runs_out = self.status in ("active", "suspended")
        return "expired" if runs_out and today > self.expires else self.status


def later_by_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def later_by_years(day: date, years: int) -> date:
    return later_by_months(day, 12 * years)


def is_legal(life: Life, verb: str, given: dict[str, Any], today: date) -> bool:
    """``given``: auditor, reason, review, justified, scope, sites, audit (Audit without a kind), until."""
    sources, _target = ARROWS[verb]
    if life.shown(today) not in sources:
        return False
    if verb in DECISIONS and given["auditor"]:
        return False
    if verb in WITH_REASON and not given["reason"]:
        return False
    return {
        "submit": _may_submit,
        "issue": _may_issue,
        "suspend": _may_suspend,
        "revise": _may_revise,
        "reduce": _may_reduce,
        "renew": _may_renew,
        "restore-expired": _may_restore_expired,
        "certify-again": _may_certify_again,
    }.get(verb, lambda *_: True)(life, given, today)


def after(life: Life, verb: str, given: dict[str, Any], today: date) -> Life:
    """What is so once a legal act was done."""
    changes: dict[str, Any] = {"status": ARROWS[verb][1], "version": life.version + 1}
    if verb in NEW_REVISION:
        changes["revision"] = life.revision + 1
    if verb in ("revise", "reduce"):
        changes |= {"scope": given["scope"], "sites": given["sites"]}
    if verb in ("renew", "restore-expired", "certify-again"):
        changes["audits"] = (*life.audits, _held(verb, given))
        changes["expires"] = given["until"] or latest_expiry(life, verb, today)
    return replace(life, **changes)


def _may_submit(life: Life, given: dict[str, Any], today: date) -> bool:
    return life.complete and life.effective >= life.decided and life.expires <= later_by_years(life.effective, 3)


def _may_issue(life: Life, given: dict[str, Any], today: date) -> bool:
    return life.expires >= today and _findings_allow(life.audits, life.decided)


def _may_suspend(life: Life, given: dict[str, Any], today: date) -> bool:
    return given["review"] > today and (given["review"] <= later_by_months(today, 6) or given["justified"])


def _may_revise(life: Life, given: dict[str, Any], today: date) -> bool:
    is_changed = (given["scope"], given["sites"]) != (life.scope, life.sites)
    return is_changed and _findings_allow(life.audits, today)


def _may_reduce(life: Life, given: dict[str, Any], today: date) -> bool:
    is_less = given["scope"] != life.scope or len(given["sites"]) < len(life.sites)
    return is_less and given["sites"] <= life.sites and _findings_allow(life.audits, today)


def _may_renew(life: Life, given: dict[str, Any], today: date) -> bool:
    return _cycle_allows(life, "renew", given, today, later_by_years(life.expires, -3))


def _may_restore_expired(life: Life, given: dict[str, Any], today: date) -> bool:
    in_time = today <= later_by_months(life.expires, 6)
    return in_time and _cycle_allows(life, "restore-expired", given, today, later_by_years(life.expires, -3))


def _may_certify_again(life: Life, given: dict[str, Any], today: date) -> bool:
    is_late = today > later_by_months(life.expires, 6)
    return is_late and _cycle_allows(life, "certify-again", given, today, life.expires)


def _cycle_allows(life: Life, verb: str, given: dict[str, Any], today: date, audited_after: date) -> bool:
    latest = latest_expiry(life, verb, today)
    until = given["until"] or latest
    held = _held(verb, given)
    return (
        audited_after < held.day <= today and today < until <= latest and _findings_allow((*life.audits, held), today)
    )


def latest_expiry(life: Life, verb: str, today: date) -> date:
    return later_by_years(today if verb == "certify-again" else life.expires, 3)


def _held(verb: str, given: dict[str, Any]) -> Audit:
    return replace(given["audit"], kind="initial" if verb == "certify-again" else "recertification")


def _findings_allow(audits: tuple[Audit, ...], decided: date) -> bool:
    """Of the newest stage 2 and of what came with it or later."""
    stages = [audit.day for audit in audits if audit.kind == "initial"]
    begun = max(stages) if stages else date.min
    for audit in audits:
        if audit.day < begun or audit.major is None:
            continue
        if audit.major is False or audit.major is True or audit.major > decided:
            return False
        if audit.kind == "initial" and audit.major > later_by_months(audit.day, 6):
            return False
    return True


def days(number: int) -> timedelta:
    return timedelta(days=number)
