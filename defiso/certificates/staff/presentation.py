"""What the staff's certificate pages show, as plain values for templates."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from defiso.audit.actions import Action
from defiso.audit.models import Event
from defiso.certificates.acts.table import ACTS, ISSUE, SUBMIT, Act, offered_from
from defiso.certificates.comparison import compare
from defiso.certificates.content import Content, Scope
from defiso.certificates.dictionaries import dictionary_of, dictionary_of_revision
from defiso.certificates.lists import EXPIRY_WINDOWS, LISTED_STATUSES, Filters
from defiso.certificates.models import Certificate
from defiso.certificates.reference import AUDIT_TYPES, IAF_CODES, LANGUAGES, country_name
from defiso.certificates.staff.form_content import write_typed_day
from defiso.certificates.staff.sections import SECTIONS, address_of, gaps_of, tasks_of
from defiso.certificates.standards import edition_of, editions, newest_edition, standard_codes
from defiso.certificates.states import Status
from defiso.certificates.surveillance import RecordedAudit
from defiso.certificates.validation import cycle_warning
from defiso.core.dates import write_day
from defiso.core.numbers import slug_of
from defiso.core.permissions import Permission
from defiso.tenants.models import Tenant
from defiso.tenants.services import origin_of
from defiso.web.words import Look

# Action -> how the timeline calls it, and in which tone.
EVENTS: dict[str, tuple[str, str]] = {
    Action.CERTIFICATE_DRAFTED: ("Drafted", ""),
    Action.CERTIFICATE_IMPORTED: ("Loaded from a register", ""),
    Action.CERTIFICATE_AUDIT_RECORDED: ("Audit recorded", ""),
    Action.CERTIFICATE_FINDINGS_VERIFIED: ("Corrections verified", "ok"),
    Action.CERTIFICATE_PROPOSED: ("Proposed, for somebody else to confirm", ""),
    Action.CERTIFICATE_PROPOSAL_DECLINED: ("Proposal declined", ""),
    **{act.action: (act.title, act.told_as) for act in ACTS},
}
FIRST_PROPOSED = "Nothing changes until somebody else confirms it, within seven days. Then:"
PROPOSED = "Proposed. Somebody else can confirm it within seven days; until then nothing changes."
TABS_OF_DRAFT = {
    "tasks": "What to do",
    "details": "As it will read",
    "decision": "Audits and decision",
    "history": "History",
}
TABS = {"details": "Details", "decision": "Audits and decision", "history": "History", "evidence": "Evidence"}
TABS_OF_REVISED = {"details": "Details", "revisions": "Revisions"} | TABS
INTEGRATED = ("9001", "14001", "45001")  # the standards of most integrated systems
CHIPS = {Status.UNDER_REVIEW: "To decide"}
MAIN_STANDARDS = ("9001", "14001", "45001", "27001", "13485", "22000", "50001", "37001")


def present_filters(filters: Filters) -> dict[str, Any]:
    """The chips over the list: (value, word) pairs for each filter."""
    codes = [*MAIN_STANDARDS, *({filters.standard} & standard_codes() - set(MAIN_STANDARDS))]
    return {
        "statuses": [
            (status.value, CHIPS.get(status, status.replace("_", " ").capitalize())) for status in LISTED_STATUSES
        ],
        "standards": [(code, f"ISO {code}") for code in codes],
        "windows": [(str(days), f"Within {days} days") for days in EXPIRY_WINDOWS],
    }


def present_acts(certificate: Certificate, permissions: Iterable[str], *, decides: bool) -> list[dict[str, str]]:
    """The acts allowed now to somebody with these permissions, who ``decides`` or was in an audit, the gravest last."""
    offered = offered_from(certificate.status_today, certificate.expires_on)
    allowed = [act for act in offered if act.permission in permissions and (decides or not act.is_decision)]
    return [{"verb": act.verb, "word": act.button, "tone": act.tone} for act in allowed]


def present_act(act: Act, certificate: Certificate, today: date, *, by_two: bool = False) -> dict[str, Any]:
    """The page that asks for confirmation; ``gaps`` is what must be corrected before a draft can be issued."""
    consequence = act.consequence
    button = act.button if " " in act.button else f"{act.button} certificate"
    if by_two:
        consequence, button = f"{FIRST_PROPOSED} {consequence}", f"Propose to {act.button.lower()}"
    return {
        "certificate": certificate,
        "verb": act.verb,
        "title": act.question.format(number=certificate.number),
        "consequence": consequence,
        "button": button,
        "tone": "stop" if act.tone == "stop" else "primary",
        "gaps": present_gaps(certificate, today) if act in (SUBMIT, ISSUE) else [],
    }


def present_content(content: Content) -> dict[str, Any]:
    """The dictionary with names in place of codes."""
    organisation = content["organisation"]
    return {
        "content": content,
        "organisation": {**organisation, "country_name": country_name(organisation.get("country", ""))},
        "sites": [{**site, "country_name": country_name(site.get("country", ""))} for site in content.get("sites", [])],
        "iaf_codes": [f"{code} {IAF_CODES.get(code, '')}" for code in content.get("iafCodes", [])],
        "nace_codes": ", ".join(content.get("naceCodes", [])),
        "scopes": _scopes(content),
        "set_of": [{"number": number, "slug": slug_of(number)} for number in content.get("integratedWith", [])],
        "language": LANGUAGES.get(content.get("scopeLanguage", ""), content.get("scopeLanguage", "")),
        "audits": [
            {**audit, "title": AUDIT_TYPES.get(audit.get("type", ""), "Audit")} for audit in content.get("audits", [])
        ],
        "notes": [note for note in (transition_note(content), cycle_warning(content)) if note],
    }


def _scopes(content: Content) -> list[dict[str, str]]:
    """In every language it is given in, the binding one first."""
    binding: Scope = {"language": content.get("scopeLanguage", ""), "text": content.get("scope", "")}
    return [
        {"language": code, "text": scope.get("text", ""), "language_name": LANGUAGES.get(code, code)}
        for scope in (binding, *content.get("scopes", []))
        if (code := scope.get("language", "")) or scope.get("text")
    ]


def next_standards(content: Content) -> list[dict[str, str]]:
    """Those that are most often certified together with this one: ``key`` 14001:2015 and ``title`` ISO 14001."""
    code = content["standard"]["code"]
    offered = [other for other in INTEGRATED if other != code] if code in INTEGRATED else []
    newest = {edition.code: edition for edition in reversed(editions()) if edition.is_confirmed}
    return [{"key": ":".join(newest[other].key), "title": f"ISO {other}"} for other in offered if other in newest]


def transition_note(content: Content) -> str:
    """What to know before issuing an edition that is not out for sure, or an older one; empty for any other."""
    standard = content.get("standard")
    edition = edition_of(standard["code"], standard["edition"]) if standard else None
    newest = newest_edition(edition.code) if edition else None
    if edition is None or newest is None:
        return ""
    if newest is edition:
        return "" if edition.is_confirmed else f"That {edition.title} is published is not confirmed: {edition.source}"
    transition = edition.transition
    if transition is None or transition.end is None:
        return f"There is a newer edition, {newest.label}. No last day of the transition is recorded yet."
    last = write_day(transition.end)
    if transition.is_confirmed:
        return (
            f"There is a newer edition, {newest.label}; certificates on this one end on {last} ({transition.clause})."
        )
    return f"There is a newer edition, {newest.label}; its transition is expected to end on {last}, unconfirmed."


def present_check(certificate: Certificate, content: Content, permissions: Iterable[str]) -> list[dict[str, str]]:
    """Check your answers: what will be signed, a row a page of the draft, with where to change it if one may still."""
    may_change = certificate.status == Status.DRAFT and Permission.PREPARE in permissions
    rows = [
        (
            "organisation",
            "Organisation",
            _lines(content["organisation"], "legalName", "englishName", "address", "country"),
        ),
        ("standard", "Standard", content["standard"]["title"]),
        ("standard", "Number", content.get("number", "")),
        ("standard", "Scope", content.get("scope", "")),
        ("standard", "Further languages", ", ".join(scope["language_name"] for scope in _scopes(content)[1:])),
        ("standard", "Accreditation", content.get("accreditation", {}).get("body", "")),
        ("standard", "Certified together with", ", ".join(content.get("integratedWith", []))),
        ("sites", "Sites", str(len(content.get("sites", [])) or "the registered address only")),
        ("dates", "Effective from", write_typed_day(content.get("effectiveDate"))),
        ("dates", "Expires", write_typed_day(content.get("expiryDate"))),
        ("dates", "Confidential", content.get("confidentialityReason", "") if content.get("confidential") else ""),
    ]
    addresses = {section.name: address_of(section, certificate.slug) for section in SECTIONS} if may_change else {}
    return [
        {"label": label, "text": text, "address": addresses.get(section, "")} for section, label, text in rows if text
    ]


def _lines(values: Mapping[str, Any], *names: str) -> str:
    shown = {**values, "country": country_name(values.get("country", ""))}
    return "\n".join(str(shown[name]) for name in names if shown.get(name))


TASK_LOOKS = {
    "done": Look("Done", "ok", "check"),
    "incomplete": Look("Incomplete", "neutral", "dash"),
    "wrong": Look("Wrong", "warn", "warning"),
    "none": Look("Nothing yet", "neutral", "dash"),
}


def present_tasks(certificate: Certificate, content: Content, today: date) -> dict[str, Any]:
    """A draft's tasks and all that is missing; ``addresses`` of their pages by section."""
    return {
        "tasks": tasks_of(content, today=today),
        "task_looks": TASK_LOOKS,
        "gaps": gaps_of(content, today=today),
        "addresses": {section.name: address_of(section, certificate.slug) for section in SECTIONS},
    }


def present_gaps(certificate: Certificate, today: date) -> list[str]:
    """What keeps a draft from being issued, a sentence each, in the order of its pages."""
    if certificate.status not in (Status.DRAFT, Status.UNDER_REVIEW):
        return []
    return [gap.sentence for gap in gaps_of(dictionary_of(certificate), today=today)]


def present_recorded(rows: Iterable[RecordedAudit]) -> dict[str, Any]:
    """Audits recorded since it was issued, the newest first, and whether one has findings that are still open."""
    recorded = [
        {**row.audit, "title": AUDIT_TYPES.get(row.audit["type"], "Audit"), "by": row.by}
        for row in sorted(rows, key=lambda row: str(row.SK), reverse=True)
    ]
    findings = [finding for audit in recorded for finding in audit.get("findings", [])]
    return {"recorded": recorded, "has_open_findings": any(not finding.get("verifiedOn") for finding in findings)}


def tabs_of(certificate: Certificate) -> dict[str, str]:
    if certificate.status == Status.DRAFT:
        return TABS_OF_DRAFT
    return TABS_OF_REVISED if int(certificate.revision) > 1 else TABS


def present_revisions(certificate: Certificate, asked: str) -> dict[str, Any]:
    """What the revision that was asked for changed, the newest where none was: two reads at most."""
    newest = int(certificate.revision)
    chosen = int(asked) if asked in map(str, range(2, newest + 1)) else newest
    old, new = (dictionary_of_revision(certificate, number) for number in (chosen - 1, chosen))
    return {"chosen": chosen, "revisions": range(newest, 1, -1), "differences_found": compare(old, new)}


def present_history(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Newest first, for the timeline."""
    return [
        {
            "at": event.occurred_at,
            "title": _title_of(event),
            "reason": event.reason or _changed_members(event),
            "who": _who(event),
            "tone": EVENTS.get(event.action, ("", ""))[1],
        }
        for event in reversed(list(events))
    ]


def present_evidence(certificate: Certificate, tenant: Tenant) -> dict[str, str]:
    key_id = (certificate.status_seal or "").partition(":")[0]
    page = f"{origin_of(tenant)}/certificates/{certificate.slug}"
    return {"page_url": page, "digest": certificate.credential_digest or "", "key_id": key_id}


def _title_of(event: Event) -> str:
    """``Withdraw: proposed, …`` of a proposal, which tells the act it is for."""
    title = EVENTS.get(event.action, (event.action, ""))[0]
    act = next((act for act in ACTS if act.verb == (event.after or {}).get("act")), None)
    return f"{act.button}: {title[0].lower()}{title[1:]}" if act else title


def _who(event: Event) -> str:
    """Whoever did it, and whoever had proposed it."""
    label, proposer = event.actor.get("label", ""), (event.after or {}).get("proposed_by")
    return f"{label} · proposed by {proposer}" if proposer else label


def _changed_members(event: Event) -> str:
    """``Changed: scope, sites`` for an edited draft."""
    if event.action != Action.CERTIFICATE_EDITED:
        return ""
    names = sorted({*(event.before or {}), *(event.after or {})})
    return f"Changed: {', '.join(names)}" if names else "Saved without a change"
