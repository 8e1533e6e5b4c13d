"""The kinds of fields of a draft's pages. None of them refuses what a draft can keep: ``validation`` judges that."""

from collections.abc import Iterable
from typing import Any

from django import forms

from defiso.certificates import reference
from defiso.core.dates import read_typed_day

TOO_LONG = {"max_length": "At most %(limit_value)d characters; this has %(show_value)d."}


def text(label: str, hint: str = "", *, most: int | None = None, **attrs: str) -> forms.CharField:
    return _characters(label, hint, most, forms.TextInput(attrs=attrs))


def long_text(label: str, hint: str = "", *, rows: int = 3, most: int | None = None) -> forms.CharField:
    return _characters(label, hint, most, forms.Textarea(attrs={"rows": rows}))


def choice(
    label: str, choices: Iterable[tuple[str, str]], hint: str = "", *, blank: str = "Choose"
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=hint, required=False, choices=[("", blank), *choices])


def tick(label: str, hint: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


class DayField(forms.CharField):
    """A day as people type it; its value is the ISO text, or what was typed where that is no day."""

    def __init__(self, label: str, hint: str = "") -> None:
        super().__init__(label=label, required=False, max_length=60, help_text=hint or "Such as 3 Mar 2026.")

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        day = read_typed_day(typed)
        return day.isoformat() if day else typed


class CountryField(forms.CharField):
    """A country by any of its names or codes, typed or taken from the one list on the page.

    Its value is the code, or what was typed where that is no country we know.
    """

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, widget=forms.TextInput(attrs={"list": "countries"}))

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        return reference.country_code(typed) or typed


def _characters(label: str, hint: str, most: int | None, widget: forms.Widget) -> forms.CharField:
    """``most`` characters where one text is taken apart into many; of all others ``validation`` judges the length."""
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=most, error_messages=TOO_LONG, widget=widget
    )
