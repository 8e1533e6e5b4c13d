"""What a visitor asks of a log."""

from django import forms

from defiso.store.items import LARGEST_WHOLE


def _number(label: str, least: int, what: str) -> forms.IntegerField:
    wrong = f"Type the number of {what}, {least} or more."
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=LARGEST_WHOLE,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class EntryForm(forms.Form):
    position = _number("Position of the entry", 0, "an entry")


class CheckpointsForm(forms.Form):
    older = _number("Older checkpoint", 1, "a checkpoint")
    newer = _number("Newer checkpoint", 1, "a checkpoint")
