"""Filters and tags of every template; they are built in, so no template loads them.

``docs/components.md`` shows each with an example. Markup lives in ``templates/web``.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms, template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from defiso.core import clock
from defiso.core.dates import When, read_when, write_age, write_day, write_exactly, write_minute, write_span
from defiso.web.icons import draw_icon
from defiso.web.problems import describing_ids, draw_widget, problems_of
from defiso.web.words import BATCH_STATES, LEVELS, RESULTS, STATES, Refusal, Words, refusal_of

register = template.Library()


@register.filter
def day(value: When) -> str:
    """``3 March 2026`` for a date, a datetime (its UTC day) or their ISO text; other text as it came."""
    when = read_when(value)
    return write_day(when) if when else str(value or "")


@register.filter
def moment(value: When) -> SafeString | str:
    """``<time>``: 3 March 2026, 09:14 UTC, with the second and the ISO form kept for hover and machines."""
    return _time_element(value, write_minute)


@register.filter
def ago(value: When) -> SafeString | str:
    """``<time>``: 4 minutes ago, with the exact UTC time on hover."""
    return _time_element(value, write_age)


@register.filter
def until(value: When) -> str:
    """``in 2 years 11 months``, ``in 12 days``, ``today`` or ``3 days ago``, counted in UTC days from today."""
    when = read_when(value)
    if when is None:
        return ""
    target = when.date() if isinstance(when, datetime) else when
    return write_span(target, clock.today())


@register.filter
def short(value: object, length: int = 16) -> str:
    """``0x4f3a…91bc``: the middle of a long code left out, ``length`` characters kept at most."""
    text = str(value or "")
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[-tail:]}"


@register.filter
def plain_number(value: object) -> str:
    """``48 210``: thousands set apart by a narrow no-break space; text that is no number as it came."""
    try:
        return f"{int(str(value)):,}".replace(",", "\u202f")
    except ValueError:
        return str(value or "")


@register.filter
def worded(value: object) -> str:
    """``Decision maker`` for ``decision_maker``, ``Certificate issued`` for ``certificate.issued``."""
    return str(value or "").replace("_", " ").replace(".", " ").capitalize()


@register.simple_tag
def icon(name: str) -> SafeString:
    return draw_icon(name)


@register.inclusion_tag("web/_htmx.html")
def htmx() -> dict[str, Any]:
    """The htmx script and its settings, for pages that use it; goes into the ``scripts`` block."""
    return {}


@register.inclusion_tag("web/_badge.html")
def status_badge(status: str, word: str = "") -> dict[str, Any]:
    """The badge of a certificate's status, an overall verdict or a batch's state; unknown ones are neutral."""
    return {"words": _state_words(status), "word": word}


@register.inclusion_tag("web/_badge.html")
def result_badge(result: str, word: str = "") -> dict[str, Any]:
    """The badge of one verdict: pass, fail, unknown or pending."""
    return {"words": RESULTS.get(result, RESULTS["unknown"]), "word": word}


@register.simple_tag
def state_words(status: str) -> Words:
    """``{% state_words status as words %}``: ``words.word``, ``words.tone``, ``words.icon``."""
    return _state_words(status)


@register.simple_tag
def result_words(result: str) -> Words:
    """The words of one verdict; a status that fails may be shown as itself, ``suspended`` rather than ``fail``."""
    return RESULTS.get(result) or STATES.get(result) or RESULTS["unknown"]


@register.simple_tag
def level_words(level: str) -> Words:
    """The words of a flash message's level tag."""
    return LEVELS.get(level, LEVELS["info"])


@register.simple_tag
def refusal_words(status: int | None = None) -> Refusal:
    return refusal_of(status or 500)


@register.inclusion_tag("web/_field.html")
def field(bound: forms.BoundField, hint: str = "", width: str = "", optional: bool = True) -> dict[str, Any]:
    """One form field: label, hint, error and widget; ``width`` is "", "short", "medium" or "long"."""
    shown_hint = str(hint or bound.help_text)
    described_by = describing_ids(bound, shown_hint)
    return {
        "field": bound,
        "widget": draw_widget(bound, described_by),
        "described_by": described_by,
        "hint": shown_hint,
        "width": width,
        "optional": optional and not bound.field.required,
        "is_tick": isinstance(bound.field.widget, forms.CheckboxInput),
    }


@register.inclusion_tag("web/_error_summary.html")
def error_summary(*sources: forms.BaseForm | Iterable[forms.BaseForm] | None) -> dict[str, Any]:
    """All errors of the forms and formsets given, each linking to its field; nothing when there are none."""
    return {"problems": [problem for source in sources if source is not None for problem in problems_of(source)]}


@register.inclusion_tag("web/_pagination.html", takes_context=True)
def pagination(context: Context, page: Any) -> dict[str, Any]:
    """First and next page of a cursor list; filters in the address are kept."""
    query = context["request"].GET.copy()
    has_cursor = bool(query.pop("cursor", None))
    first = query.urlencode()
    if page.next_cursor:
        query["cursor"] = page.next_cursor
    return {"first": f"?{first}" if has_cursor else "", "next": f"?{query.urlencode()}" if page.next_cursor else ""}


@register.inclusion_tag("web/_filter_chips.html", takes_context=True)
def filter_chips(
    context: Context, name: str, choices: Iterable[tuple[str, str]], label: str, everything: str = "All"
) -> dict[str, Any]:
    """Links that set one filter in the address; ``choices`` are (value, word) pairs. A new one starts at page one."""
    query = context["request"].GET.copy()
    chosen = query.get(name, "")
    query.pop("cursor", None)
    chips = []
    for value, word in [("", everything), *choices]:
        query.pop(name, None)
        if value:
            query[name] = value
        chips.append({"word": word, "href": f"?{query.urlencode()}", "chosen": value == chosen})
    return {"chips": chips, "label": label}


@register.inclusion_tag("web/_code.html")
def code(value: object, label: str = "", length: int = 16, href: str = "") -> dict[str, Any]:
    """A hash, address or key: shortened in the middle, copyable, in full when printed."""
    text = str(value or "")
    return {"value": text, "short": short(text, length), "label": label, "href": href}


@register.inclusion_tag("web/_fact.html")
def fact(term: str, value: object = "", note: str = "") -> dict[str, Any]:
    """One row of a ``<dl class="facts">``; left out when the value is empty."""
    return {"term": term, "value": value, "note": note}


@register.inclusion_tag("web/_nav_link.html", takes_context=True)
def nav_link(context: Context, url_name: str, word: str, icon_name: str) -> dict[str, Any]:
    """A link of the staff rail, marked as current on every page of the same URL namespace."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and match.namespace == url_name.split(":")[0]
    return {"href": reverse(url_name), "word": word, "icon_name": icon_name, "here": here}


def _state_words(status: str) -> Words:
    known = STATES.get(status) or BATCH_STATES.get(status)
    return known or Words(worded(status), "neutral", "info")


def _time_element(value: When, write: Callable[[datetime], str]) -> SafeString | str:
    when = read_when(value)
    if when is None:
        return str(value or "")
    if not isinstance(when, datetime):
        return format_html('<time datetime="{}">{}</time>', when.isoformat(), write_day(when))
    return format_html('<time datetime="{}" title="{}">{}</time>', clock.iso(when), write_exactly(when), write(when))
