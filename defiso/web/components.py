"""What the macros of ``templates/web`` ask Python for: the words of a state, the parts of a field, addresses of a list.

No markup is made here, but for icons and the widgets of Django's forms.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString

from defiso.web.filters import worded
from defiso.web.problems import ShownProblem, describing_ids, draw_widget, problems_of
from defiso.web.words import ACCREDITATION_LEVELS, BATCH_STATES, MESSAGE_LEVELS, RESULTS, STATES, Look


def state_words(status: str) -> Look:
    """How a certificate's status, an overall verdict or a batch's state is shown; unknown ones are neutral."""
    return STATES.get(status) or BATCH_STATES.get(status) or Look(worded(status), "neutral", "info")


def result_words(result: str) -> Look:
    """The words of one verdict; a status that fails may be shown as itself, ``suspended`` rather than ``fail``."""
    return RESULTS.get(result) or STATES.get(result) or RESULTS["unknown"]


def accreditation_words(level: str) -> Look:
    """How well an accreditation is known: ``claimed`` or ``none``."""
    return ACCREDITATION_LEVELS[level]


def message_words(level: str) -> Look:
    """The words of a flash message's level tag."""
    return MESSAGE_LEVELS.get(level, MESSAGE_LEVELS["info"])


class FieldParts(NamedTuple):
    """A form field as it is drawn; ``described_by`` are the ids of its hint and error."""

    widget: SafeString
    hint: str
    described_by: str
    is_tick: bool


def field_parts(bound: forms.BoundField, hint: str = "") -> FieldParts:
    """Of a bound field; its ``help_text`` is the hint unless another is given."""
    shown_hint = str(hint or bound.help_text)
    described_by = describing_ids(bound, shown_hint)
    is_tick = isinstance(bound.field.widget, forms.CheckboxInput)
    return FieldParts(draw_widget(bound, described_by), shown_hint, described_by, is_tick)


def form_problems(sources: Iterable[forms.BaseForm | Iterable[forms.BaseForm] | None]) -> list[ShownProblem]:
    """All errors of the forms and formsets given, in the order of the page."""
    return [problem for source in sources if source is not None for problem in problems_of(source)]


class PageAddresses(NamedTuple):
    """Relative addresses of a cursor list; empty where there is no such page."""

    first: str
    next: str


def page_addresses(page: Any, request: HttpRequest) -> PageAddresses:
    """First and next page of a cursor list; filters in the address are kept."""
    query = request.GET.copy()
    has_cursor = bool(query.pop("cursor", None))
    first = query.urlencode()
    if page.next_cursor:
        query["cursor"] = page.next_cursor
    return PageAddresses(f"?{first}" if has_cursor else "", f"?{query.urlencode()}" if page.next_cursor else "")


class Chip(NamedTuple):
    word: str
    href: str
    chosen: bool


def chips_of(name: str, choices: Iterable[tuple[str, str]], everything: str, request: HttpRequest) -> list[Chip]:
    """Links that set one filter in the address; ``choices`` are (value, word) pairs. A new one starts at page one."""
    query = request.GET.copy()
    chosen = query.get(name, "")
    query.pop("cursor", None)
    chips = []
    for value, word in [("", everything), *choices]:
        query.pop(name, None)
        if value:
            query[name] = value
        chips.append(Chip(word, f"?{query.urlencode()}", value == chosen))
    return chips


def is_here(url_name: str, request: HttpRequest) -> bool:
    """Whether the page asked for is in the URL namespace of ``url_name``."""
    match = request.resolver_match
    return match is not None and match.namespace == url_name.split(":")[0]


FUNCTIONS = {
    function.__name__: function
    for function in (
        state_words,
        result_words,
        accreditation_words,
        message_words,
        field_parts,
        form_problems,
        page_addresses,
        chips_of,
        is_here,
    )
}
