"""A page of a draft as a form: it shows what the draft holds, takes what was typed, and says what is wrong with either.

Which fields a page has is in ``forms``; what they mean in the dictionary is in ``form_content``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from defiso.certificates.content import Content
from defiso.certificates.limits import MOST_FINDINGS, MOST_ROWS
from defiso.certificates.staff.form_content import (
    FINDINGS,
    ROW_PATHS,
    audit_of,
    field_of,
    merged,
    row_and_field_of,
    typed_of,
)
from defiso.certificates.staff.rows import Rows, raw_values
from defiso.certificates.validation import Code, Problem, draft_problems, problems_in

MOST = {name: MOST_ROWS[path] for path, name in ROW_PATHS.items()} | {FINDINGS: 2 * MOST_FINDINGS}


class DraftForm(forms.Form):
    """Some of the dictionary's fields and rows. ``content`` is the whole draft with what was typed here put in.

    ``can_be_kept`` is whether a draft may hold what was typed; what it may hold and is still wrong is told as well.
    """

    title: ClassVar[str]
    row_classes: ClassVar[Mapping[str, type[forms.Form]]] = {}

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, draft: Content) -> None:
        super().__init__(data)
        self.draft = draft
        self.content = draft
        self.can_be_kept = False
        self.rows = {name: Rows(kind, name, most=MOST[name], data=data) for name, kind in self.row_classes.items()}

    @classmethod
    def showing(cls, draft: Content, *, version: int) -> Self:
        """The page as the draft is now."""
        return cls(typed_of(draft) | {"version": version}, draft=draft)

    @classmethod
    def reopened(cls, data: Any, *, draft: Content) -> Self | None:
        """As typed, with a row more (``add=audits``) or one less (``remove=audits-2``); None if neither is asked."""
        add = data.get("add", "")
        removed, _dash, index = data.get("remove", "").rpartition("-")
        is_index = len(index) < 4 and index.isascii() and index.isdigit()
        if add not in cls.row_classes and not (removed in cls.row_classes and is_index):
            return None
        typed = cls(data, draft=draft)
        values: dict[str, Any] = raw_values(typed, data)
        for name, rows in typed.rows.items():
            values |= rows.typed(add=name == add, remove=int(index) if name == removed else None)
        return cls(values, draft=draft)

    @property
    def all_forms(self) -> list[forms.Form]:
        """This form and its rows, in the order of the page, for the summary of errors."""
        return [self, *(form for rows in self.rows.values() for form in rows.forms)]

    @property
    def is_wrong(self) -> bool:
        return any(form.errors for form in self.all_forms)

    def clean(self) -> dict[str, Any]:
        fits = not self.errors
        for name, rows in self.rows.items():
            fits &= rows.is_valid()
            if rows.problem:
                self.add_error(None, f"{name.replace('_', ' ').capitalize()}: {rows.problem}")
        filled = {name: [form.cleaned_data for form in rows.filled] for name, rows in self.rows.items()}
        self.content = merged(self.draft, self.cleaned_data, filled)
        unfit = draft_problems(self.content)
        self.can_be_kept = fits and not unfit
        for problem in [*unfit, *(problem for problem in problems_in(self.content) if self._shows(problem))]:
            self.add_problem(problem.field, problem.sentence)
        return self.cleaned_data

    def add_problem(self, path: str, sentence: str) -> None:
        """Beside its field, unless something more basic is wrong with that already; on top if it is on another page."""
        form, name = self._place_of(path)
        if not form.has_error(name):
            form.add_error(name if name in form.fields else None, sentence)

    def _shows(self, problem: Problem) -> bool:
        """Whether it is wrong, not only missing, and has its field on this page."""
        return problem.code != Code.MISSING_REQUIRED and self._place_of(problem.field)[1] != NON_FIELD_ERRORS

    def _place_of(self, path: str) -> tuple[forms.Form, str]:
        row = row_and_field_of(path, self.content)
        if row and row.rows in self.rows:
            filled = self.rows[row.rows].filled
            in_order = sorted(filled, key=lambda form: audit_of(form.cleaned_data)) if row.rows == FINDINGS else filled
            return in_order[row.position], row.field
        name = field_of(path)
        return self, name if name in self.fields else NON_FIELD_ERRORS
