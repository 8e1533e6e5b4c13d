"""Repeated rows of a form, such as sites: as many as the page says, blank ones left out, none lost when one is added.

Django's formsets bind new rows to the management form of old ones; this needs a count and nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

Raw = Mapping[str, Any]
KINDS = {forms.Textarea: "textarea", forms.Select: "select", forms.CheckboxInput: "tick"}  # any other is an input


class Column(NamedTuple):
    """A field of every row, as it is drawn; ``kind`` is input, textarea, select or tick."""

    name: str
    kind: str
    label: str
    hint: str
    attributes: SafeString
    choices: Sequence[tuple[str, str]]


class Cell(NamedTuple):
    """One field of one row: its value as typed, and a sentence where something is wrong with it."""

    column: Column
    name: str
    value: Any
    error: str


class Row(NamedTuple):
    prefix: str
    cells: list[Cell]


class Rows:
    """``name`` prefixes the fields (``sites-0-address``) and their count (``sites-count``).

    The page draws ``rows``, plain values: a widget of its own for each field takes ten times as long.
    More than ``most`` rows are refused, with ``problem`` for a sentence: none is left out in silence.
    """

    def __init__(self, row_class: type[forms.Form], name: str, *, most: int, data: Any) -> None:
        self._row_class = row_class
        self.name = name
        self.most = most
        self.count_field = f"{name}-count"
        self._data = data
        asked = _count_in(data.get(self.count_field, "0"))
        self.problem = ""
        if asked is None or asked > most:
            has = "a number that cannot be read" if asked is None else f"{asked:,}"
            self.problem = f"At most {most} rows; this form has {has}. Nothing was saved."
        self.forms = [
            row_class(data, prefix=f"{name}-{index}", empty_permitted=True, use_required_attribute=False)
            for index in range(min(asked or 0, most))
        ]

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def can_grow(self) -> bool:
        return len(self.forms) < self.most

    @property
    def rows(self) -> Iterator[Row]:
        """What is shown of each row."""
        columns = [_column(name, field) for name, field in self._row_class.base_fields.items()]
        for form in self.forms:
            values = raw_values(form, self._data)
            errors = {name: " ".join(map(str, sentences)) for name, sentences in form.errors.items()}
            cells = [
                Cell(column, form.add_prefix(column.name), values.get(column.name), errors.get(column.name, ""))
                for column in columns
            ]
            yield Row(str(form.prefix), cells)

    @cached_property
    def filled(self) -> list[forms.Form]:
        """The rows in which something was typed, in order: the only ones that count."""
        return [form for form in self.forms if any(raw_values(form, self._data).values())]

    def is_valid(self) -> bool:
        wrong = [form for form in self.filled if not form.is_valid()]  # every row is to be checked, not the first only
        return not wrong and not self.problem

    def typed(self, *, add: bool = False, remove: int | None = None) -> Raw:
        """What was typed, as a form would send it: with a blank row more at the end, or without one of them."""
        rows: list[Raw] = [raw_values(form, self._data) for form in self.forms]
        if remove is not None and remove < len(rows):
            del rows[remove]
        return typed_rows(self.name, [*rows, {}] if add and self.can_grow else rows)


def typed_rows(name: str, rows: Sequence[Raw]) -> Raw:
    """Rows as a form would send them: ``audits-count``, ``audits-0-type`` …"""
    values = {f"{name}-{index}-{field}": value for index, row in enumerate(rows) for field, value in row.items()}
    return values | {f"{name}-count": str(len(rows))}


def raw_values(form: forms.Form, data: Any) -> dict[str, Any]:
    """What the browser sent for each field, as typed."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }


def _column(name: str, field: forms.Field) -> Column:
    kind = next((kind for widget, kind in KINDS.items() if isinstance(field.widget, widget)), "input")
    choices = [(str(code), str(word)) for code, word in getattr(field, "choices", ())]
    attributes, of_input = field.widget.attrs, getattr(field.widget, "input_type", "text")
    if of_input not in ("text", "select"):
        attributes = {"type": of_input} | attributes
    return Column(name, kind, str(field.label), str(field.help_text), flatatt(attributes), choices)


def _count_in(text: str) -> int | None:
    return int(text) if len(text) < 6 and text.isascii() and text.isdigit() else None
