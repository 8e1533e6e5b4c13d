"""What is wrong with a form, for the page that shows it: beside each field, and all of it on top.

Ids follow Django's own: ``<auto_id>_helptext`` and ``<auto_id>_error``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from django.forms import BaseForm, BaseFormSet, BoundField
from django.utils.safestring import SafeString

from defiso.core.errors import ChangedMeanwhileError, DomainError, InvalidError


class ShownProblem(NamedTuple):
    """One error; ``target`` is the id of its field, empty for an error of the whole form."""

    target: str
    label: str
    error: str


class Refusable(Protocol):
    """A form that can show a refusal."""

    def add_error(self, field: str | None, error: str) -> None: ...

    def add_problem(self, path: str, sentence: str) -> None:
        """Show a sentence beside the field that holds ``path``, as services name it."""


@contextmanager
def refusals_shown_in(form: Refusable) -> Iterator[None]:
    """What is refused inside is shown in the form: each field's sentence beside it, or the one sentence on top.

    A refusal that no other input would change is not for a form: it is raised on.
    """
    try:
        yield
    except DomainError as refusal:
        for path, sentence in refusal.fields.items():
            form.add_problem(path, sentence)
        if refusal.fields:
            return
        if not isinstance(refusal, InvalidError | ChangedMeanwhileError):
            raise
        form.add_error(None, refusal.sentence)


def problems_of(source: "BaseForm | BaseFormSet[Any] | Iterable[BaseForm]") -> Iterator[ShownProblem]:
    """Every error of a form, a formset or a list of forms, in the order of the page."""
    if isinstance(source, BaseForm):
        yield from _problems_of_form(source)
        return
    if isinstance(source, BaseFormSet):
        yield from (ShownProblem("", "", str(error)) for error in source.non_form_errors())
    for form in source:
        yield from _problems_of_form(form)


def _problems_of_form(form: BaseForm) -> Iterator[ShownProblem]:
    if not form.errors:
        return
    for error in form.non_field_errors():
        yield ShownProblem("", "", str(error))
    for bound in form:
        target = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
        yield from (ShownProblem(target, str(bound.label), str(error)) for error in bound.errors)


def describing_ids(bound: BoundField, hint: str) -> str:
    """The value of aria-describedby: the ids of the hint and the error that are shown."""
    ids = [(hint, "helptext"), (bound.errors, "error")]
    return " ".join(f"{bound.auto_id}_{name}" for shown, name in ids if shown and bound.auto_id)


def draw_widget(bound: BoundField, described_by: str) -> SafeString:
    """The widget, tied to its notes; a group of inputs is tied by its fieldset instead."""
    tied = described_by and not bound.use_fieldset
    return bound.as_widget(attrs={"aria-describedby": described_by} if tied else None)
