"""A draft as a list of tasks: one row a page, and how far each has come."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from defiso.certificates.content import Content
from defiso.certificates.guards import issue_problems
from defiso.certificates.reference import country_name
from defiso.certificates.staff.draft_form import DraftForm
from defiso.certificates.staff.forms import AuditsForm, DecisionForm, OrganisationForm, StandardForm
from defiso.certificates.validation import read_day
from defiso.core.characters import is_blank
from defiso.core.dates import write_day


@dataclass(frozen=True)
class Section:
    """One page of a draft. ``members`` are those of the dictionary that it asks for; Sites has pages of its own."""

    name: str
    title: str
    members: tuple[str, ...]
    summary: Callable[[Content], str]
    form: type[DraftForm] | None = None


@dataclass(frozen=True)
class Gap:
    """Something to add or to correct before the draft can be issued, and the page where that is done."""

    sentence: str
    section: str


@dataclass(frozen=True)
class Task:
    """``state`` is done, incomplete, wrong or none (nothing there yet, and nothing needed)."""

    section: Section
    state: str
    summary: str


def tasks_of(content: Content, *, today: date) -> list[Task]:
    """Each section with its state and a few words of what is in it."""
    problems = issue_problems(content, today=today)
    return [_task(section, content, problems) for section in SECTIONS]


def gaps_of(content: Content, *, today: date) -> list[Gap]:
    """All that keeps a draft from being issued, in the order of the pages."""
    problems = issue_problems(content, today=today)
    order = {section.name: position for position, section in enumerate(SECTIONS)}
    gaps = [Gap(sentence, section_of(path).name) for path, sentence in problems.items()]
    return sorted(gaps, key=lambda gap: order[gap.section])


def section_of(path: str) -> Section:
    """The page where this path of the dictionary is written; the last one for what is on none."""
    member = path.partition(".")[0]
    return next((section for section in SECTIONS if member in section.members), SECTIONS[-1])


def section_named(name: str) -> Section | None:
    return next((section for section in SECTIONS if section.name == name), None)


def address_of(section: Section, slug: str) -> str:
    if section.form is None:
        return reverse("certificates:sites", args=[slug])
    return reverse("certificates:write", args=[slug, section.name])


def first_unfinished(content: Content, *, today: date) -> Section:
    tasks = tasks_of(content, today=today)
    return next((task.section for task in tasks if task.state != "done"), SECTIONS[0])


def _task(section: Section, content: Content, problems: Mapping[str, str]) -> Task:
    paths = [path for path in problems if section_of(path) is section]
    gaps = [path for path in paths if is_blank(_value_at(content, path))]
    state = "done" if not paths else "incomplete" if len(gaps) == len(paths) else "wrong"
    summary = section.summary(content)
    if not paths and not summary:
        return Task(section, "none", "none yet")
    return Task(section, state, summary + _wanting(section, gaps))


def _wanting(section: Section, gaps: Iterable[str]) -> str:
    """``, 2 want a country`` for rows with a gap."""
    steps = [path.split(".") for path in gaps] if section is SITES else []
    rows = {row for _sites, row, *_rest in steps}
    names = {step[-1] for step in steps}
    if not rows:
        return ""
    thing = f"a{'n' if names == {'address'} else ''} {names.pop()}" if len(names) == 1 else "something"
    return f", {len(rows)} {'wants' if len(rows) == 1 else 'want'} {thing}"


def _value_at(content: Mapping[str, Any], path: str) -> Any:
    """What is at a path, rows included; None where nothing is."""
    value: Any = content
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if isinstance(value, str) else None if not value else str(value)


def _organisation(content: Content) -> str:
    organisation = content["organisation"]
    return ", ".join(filter(None, (organisation["legalName"], country_name(organisation.get("country", "")))))


def _standard(content: Content) -> str:
    languages = 1 + len(content.get("scopes", []))
    return content["standard"]["title"] + (f", {languages} languages" if languages > 1 else "")


def _sites(content: Content) -> str:
    sites = content.get("sites", [])
    return f"{len(sites)} {'site' if len(sites) == 1 else 'sites'}" if sites else "the registered address only"


def _audits(content: Content) -> str:
    audits = content.get("audits", [])
    findings = [finding for audit in audits for finding in audit.get("findings", [])]
    still = sum("verifiedOn" not in finding for finding in findings)
    counted = [_counted(len(audits), "audit"), _counted(len(findings), "finding"), f"{still} open" if still else ""]
    return ", ".join(filter(None, counted))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}" if number else ""


def _dates(content: Content) -> str:
    expires = read_day(content.get("expiryDate"))
    return f"expires {write_day(expires)}" if expires else ""


SITES = Section("sites", "Sites", ("sites",), _sites)
SECTIONS = (
    Section("organisation", "Organisation", ("organisation",), _organisation, OrganisationForm),
    Section(
        "standard",
        "Standard and scope",
        (
            *("standard", "number", "replaces", "scope", "scopeLanguage", "scopes", "iafCodes", "naceCodes"),
            *("certificationType", "accreditation", "integratedWith"),
        ),
        _standard,
        StandardForm,
    ),
    SITES,
    Section("audits", "Audits and findings", ("audits", "transferredFrom"), _audits, AuditsForm),
    Section(
        "dates",
        "Dates and decision",
        (
            *("originalCertificationDate", "decisionDate", "effectiveDate", "issueDate", "expiryDate", "decidedBy"),
            *("confidential", "confidentialityReason", "previousExpiryDate", "recertificationDate"),
        ),
        _dates,
        DecisionForm,
    ),
)
