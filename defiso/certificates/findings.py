"""What the findings of audits allow and forbid: no major open, and a stage 2 whose majors were verified in time.

Source: ISO/IEC 17021-1:2015, 9.5.2 and 9.5.3.2. An audit of the type ``initial`` is a stage 2.
"""

from collections.abc import Sequence
from datetime import date

from defiso.certificates.content import Audit
from defiso.certificates.problems import read_day
from defiso.certificates.rules.table import MAJOR_OPEN, STAGE_2_ANEW
from defiso.core.dates import months_after, write_day

VERIFIED_WITHIN_MONTHS = 6


def findings_problem(audits: Sequence[Audit], *, decided: date) -> dict[str, str]:
    """What the findings keep from being decided on that day, by field path; empty if nothing.

    Another stage 2 starts anew: what audits before it found does not count.
    """
    started = max((_last_day(audit) for audit in audits if audit.get("type") == "initial"), default=date.min)
    problems: dict[str, str] = {}
    for place, audit in enumerate(audits):
        if _last_day(audit) >= started and (problem := _problem_of(audit, decided)):
            problems[f"audits.{place}.findings"] = problem
    return problems


def _last_day(audit: Audit) -> date:
    return read_day(audit.get("date")) or date.min


def _problem_of(audit: Audit, decided: date) -> str:
    majors = [finding for finding in audit.get("findings", []) if finding.get("grade") == "major"]
    verified = [read_day(finding.get("verifiedOn")) for finding in majors]
    last = months_after(_last_day(audit), VERIFIED_WITHIN_MONTHS) if audit.get("date") else date.max
    if audit.get("type") == "initial" and any((day or decided) > last for day in verified):
        sentence = f"A major nonconformity of stage 2 was not verified by {write_day(last)}: another stage 2 is needed."
        return STAGE_2_ANEW.says(sentence)
    if any(day is None or day > decided for day in verified):
        return MAJOR_OPEN.says("A major nonconformity is open: its correction has to be verified before the decision.")
    return ""
