"""Which audits, findings, further languages, transfers and sets a content may tell of.

A part of ``validation``, which puts these problems among the others.
"""

from collections.abc import Iterator

from defiso.certificates.content import Audit, Content
from defiso.certificates.limits import GRADES, LAPSE, MOST_AUDITORS, MOST_FINDINGS, REQUIRED_OF_TRANSFER
from defiso.certificates.problems import NOT_A_DATE, Code, Problem, read_day
from defiso.certificates.reference import AUDIT_TYPES
from defiso.certificates.rules.table import LAPSE_SHOWN, TRANSFER_IN
from defiso.core.characters import is_blank
from defiso.core.numbers import slug_of


def problems_of_members(content: Content) -> Iterator[Problem]:
    for index, audit in enumerate(content.get("audits", [])):
        yield from _problems_of_audit(audit, f"audits.{index}")
    yield from _problems_of_languages(content)
    yield from _problems_of_transfer(content)
    yield from _problems_of_lapse(content)
    for index, number in enumerate(content.get("integratedWith", [])):
        if slug_of(number) == slug_of(content.get("number", "")):
            sentence = "A certificate cannot be integrated with itself."
            yield Problem(f"integratedWith.{index}", Code.INTEGRATED_WITH_ITSELF, sentence)


def _problems_of_audit(audit: Audit, path: str) -> Iterator[Problem]:
    if audit.get("type") and audit["type"] not in AUDIT_TYPES:
        yield Problem(f"{path}.type", Code.UNKNOWN_AUDIT_TYPE, "Choose one of the types of audit.")
    if max(len(audit.get("auditors", [])), len(audit.get("auditorUsers", []))) > MOST_AUDITORS:
        yield Problem(f"{path}.auditors", Code.TOO_LONG, f"At most {MOST_AUDITORS} auditors.")
    first, last = read_day(audit.get("startDate")), read_day(audit.get("date"))
    if audit.get("startDate") and first is None:
        yield Problem(f"{path}.startDate", Code.BAD_DATE, NOT_A_DATE)
    if first and last and first > last:
        yield Problem(f"{path}.startDate", Code.DATES_CONTRADICT, "An audit begins before it ends.")
    yield from _problems_of_findings(audit, path)


def _problems_of_findings(audit: Audit, path: str) -> Iterator[Problem]:
    findings = audit.get("findings", [])
    if len(findings) > MOST_FINDINGS:
        sentence = f"At most {MOST_FINDINGS} findings of an audit; there are {len(findings)}."
        yield Problem(f"{path}.findings", Code.TOO_LONG, sentence)
    first = read_day(audit.get("startDate")) or read_day(audit.get("date"))
    for index, finding in enumerate(findings):
        place = f"{path}.findings.{index}"
        if is_blank(finding.get("text")):
            yield Problem(f"{place}.text", Code.MISSING_REQUIRED, "Say what was found.")
        if is_blank(finding.get("grade")):
            yield Problem(f"{place}.grade", Code.MISSING_REQUIRED, "Say whether the finding is major or minor.")
        elif finding["grade"] not in GRADES:
            yield Problem(f"{place}.grade", Code.UNKNOWN_GRADE, "A finding is major or minor.")
        verified = read_day(finding.get("verifiedOn"))
        if finding.get("verifiedOn") and verified is None:
            yield Problem(f"{place}.verifiedOn", Code.BAD_DATE, NOT_A_DATE)
        if verified and first and verified < first:
            sentence = "A correction is verified after the audit began that found it necessary."
            yield Problem(f"{place}.verifiedOn", Code.DATES_CONTRADICT, sentence)


def _problems_of_languages(content: Content) -> Iterator[Problem]:
    said = {content.get("scopeLanguage", "")}
    for index, scope in enumerate(content.get("scopes", [])):
        language = scope.get("language", "")
        if language and language in said:
            sentence = "The scope is given in this language already."
            yield Problem(f"scopes.{index}.language", Code.LANGUAGE_TWICE, sentence)
        said.add(language)


def _problems_of_transfer(content: Content) -> Iterator[Problem]:
    transfer = content.get("transferredFrom")
    if not transfer:
        return
    for member, words in REQUIRED_OF_TRANSFER.items():
        if is_blank(transfer.get(member)):
            yield Problem(f"transferredFrom.{member}", Code.MISSING_REQUIRED, TRANSFER_IN.says(f"Give {words}."))
    reviewed, decided = read_day(transfer.get("reviewDate")), read_day(content.get("decisionDate"))
    if transfer.get("reviewDate") and reviewed is None:
        yield Problem("transferredFrom.reviewDate", Code.BAD_DATE, NOT_A_DATE)
    if reviewed and decided and reviewed > decided:
        sentence = TRANSFER_IN.says("The pre-transfer review comes before the decision.")
        yield Problem("transferredFrom.reviewDate", Code.DATES_CONTRADICT, sentence)


def _problems_of_lapse(content: Content) -> Iterator[Problem]:
    """A lapse is told by both of its dates: when the last cycle ended, and when the client was certified again."""
    given = [content.get(name) for name in LAPSE]
    for name, text in zip(LAPSE, given, strict=True):
        if text and read_day(text) is None:
            yield Problem(name, Code.BAD_DATE, NOT_A_DATE)
    ended, again = map(read_day, given)
    if (ended is None) != (again is None):
        missing = LAPSE[ended is not None]
        sentence = LAPSE_SHOWN.says("A lapse is told by the last expiry and the recertification.")
        yield Problem(missing, Code.MISSING_REQUIRED, sentence)
    if ended and again and again <= ended:
        yield Problem(LAPSE[1], Code.DATES_CONTRADICT, "Certified again is after the last expiry.")
