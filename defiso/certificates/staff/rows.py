"""Repeated rows of a form, such as sites: as many as the page says, blank ones left out, none lost when one is added.

Django's formsets bind new rows to the management form of old ones; this needs a count and nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

Raw = Mapping[str, Any]


class Rows:
    """``name`` prefixes the fields (``sites-0-address``) and their count (``sites-count``).

    More than ``most`` rows are refused, with ``problem`` for a sentence: none is left out in silence.
    """

    def __init__(
        self, row_class: type[forms.Form], name: str, *, most: int, data: Any = None, initial: Sequence[Raw] = ()
    ) -> None:
        self.name = name
        self.most = most
        self.count_field = f"{name}-count"
        self._data = data
        asked = _count_in(data.get(self.count_field, "0")) if data is not None else len(initial)
        self.problem = ""
        if asked is None or asked > most:
            has = "a number that cannot be read" if asked is None else f"{asked:,}"
            self.problem = f"At most {most} rows; this form has {has}. Nothing was saved."
        number = min(asked or 0, most)
        values: Sequence[Raw] = [*initial, *({} for _ in range(number - len(initial)))]
        self.forms = [
            row_class(
                data, prefix=f"{name}-{index}", initial=dict(value), empty_permitted=True, use_required_attribute=False
            )
            for index, value in enumerate(values[:number])
        ]

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def can_grow(self) -> bool:
        return len(self.forms) < self.most

    @property
    def filled(self) -> list[forms.Form]:
        """The rows in which something was typed, in order: the only ones that count."""
        return [form for form in self.forms if any(raw_values(form, self._data).values())]

    def is_valid(self) -> bool:
        wrong = [form for form in self.filled if not form.is_valid()]  # every row is to be checked, not the first only
        return not wrong and not self.problem

    def raw(self, *, add: bool = False, remove: int | None = None) -> list[Raw]:
        """What was typed in each row, with a blank one at the end or without one of them."""
        rows: list[Raw] = [raw_values(form, self._data) for form in self.forms]
        if remove is not None and remove < len(rows):
            del rows[remove]
        return [*rows, {}] if add and self.can_grow else rows


def raw_values(form: forms.Form, data: Any) -> dict[str, Any]:
    """What the browser sent for each field, as typed."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }


def _count_in(text: str) -> int | None:
    return int(text) if len(text) < 6 and text.isascii() and text.isdigit() else None
