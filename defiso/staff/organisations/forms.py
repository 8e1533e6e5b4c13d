"""The form of a client: what is said of it, and rows of identifiers and contacts, two blank ones more each time."""

import re
from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.forms import BaseFormSet, formset_factory

from defiso.core.countries import COUNTRIES, country_code, country_name
from defiso.organisations.models import Client
from defiso.organisations.rules import MOST_CONTACTS, MOST_IDENTIFIERS, SCHEMES

COUNTRY_NAMES = sorted(COUNTRIES.values())


def _text(label: str, hint: str = "", *, rows: int = 0, **attrs: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


class IdentifierForm(forms.Form):
    scheme = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "Choose"), *((scheme, scheme) for scheme in SCHEMES)]
    )
    value = _text("Identifier")


class ContactForm(forms.Form):
    name = _text("Name")
    email = _text("E-mail", type="email")
    role = _text("Role", "Such as quality manager.")


Identifiers = formset_factory(IdentifierForm, extra=2, max_num=MOST_IDENTIFIERS, absolute_max=MOST_IDENTIFIERS)
Contacts = formset_factory(ContactForm, extra=2, max_num=MOST_CONTACTS, absolute_max=MOST_CONTACTS)
TEXTS = ("name", "english_name", "address", "client_number", "notes")


class ClientForm(forms.Form):
    """What is allowed is judged by the service: its sentences come back by path (``add_problem``)."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = _text("Legal name", "As in the company register.")
    english_name = _text("English name", "If the legal name is in another script or language.")
    address = _text("Registered address", rows=2)
    country = _text("Country", list="countries")
    client_number = _text("Client number", "Your own reference for this client.")
    notes = _text("Notes", "For your staff. Never public.", rows=4)

    def __init__(self, data: Any = None, *, client: Client | None = None) -> None:
        said = {name: getattr(client, name) for name in TEXTS} if client else {}
        if client:
            said |= {"country": country_name(client.country or ""), "version": client.version}
        super().__init__(data, initial=said)
        ids, contacts = (client.identifiers, client.contacts) if client else ((), ())
        self.rows: dict[str, BaseFormSet[Any]] = {
            "legal_ids": Identifiers(data, prefix="legal_ids", initial=list(ids)),
            "contacts": Contacts(data, prefix="contacts", initial=list(contacts or [])),
        }

    @classmethod
    def showing(cls, client: Client) -> Self:
        return cls(client=client)

    def is_valid(self) -> bool:
        rows = [formset.is_valid() for formset in self.rows.values()]
        return super().is_valid() and all(rows)

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, as services take it; a country that we do not know is none."""
        texts = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in TEXTS}
        rows = {name: [_row(form) for form in self._filled(name)] for name in self.rows}
        return {**texts, "country": country_code(self.cleaned_data["country"]) or "", **rows}

    def add_problem(self, path: str, sentence: str) -> None:
        found = re.fullmatch(r"(legal_ids|contacts)\.(\d+)\.(\w+)", path)
        if found:
            self._filled(found[1])[int(found[2])].add_error(found[3], sentence)
        elif path in self.fields:
            self.add_error(path, sentence)
        else:
            self.add_error(None, sentence)

    def _filled(self, name: str) -> list[forms.Form]:
        return [form for form in self.rows[name].forms if any(_row(form).values())]


def _row(form: forms.Form) -> Mapping[str, str]:
    return {name: form.cleaned_data.get(name, "").strip() for name in form.fields if name in form.cleaned_data}
