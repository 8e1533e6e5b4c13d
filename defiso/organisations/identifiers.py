"""Identifiers of organisations, judged by the rules and check digits that python-stdnum knows.

Where a scheme or country has no rule there, anything is taken: that says nothing of whether it is right.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from stdnum import ean, get_cc_module, lei
from stdnum.exceptions import ValidationError

from defiso.core.countries import country_name

# Numbers of company registers with a check digit, by country: modules of python-stdnum. Any of them may be meant.
_COMPANY_NUMBERS = {
    "AT": ["at.businessid"],
    "AU": ["au.abn", "au.acn"],
    "BE": ["be.vat"],
    "BR": ["br.cnpj"],
    "CH": ["ch.uid"],
    "CN": ["cn.uscc"],
    "DK": ["dk.cvr"],
    "EE": ["ee.registrikood"],
    "FI": ["fi.ytunnus"],
    "FR": ["fr.siren", "fr.siret"],
    "JP": ["jp.cn"],
    "KR": ["kr.brn"],
    "NO": ["no.orgnr"],
    "SE": ["se.orgnr"],
    "SG": ["sg.uen"],
    "TW": ["tw.ubn"],
}
_GREECE = "GR"


def problem_with_identifier(scheme: str, value: str, country: str) -> str:
    """One sentence why this cannot be the organisation's identifier; empty if it can, for all we know.

    ``country`` is that of the organisation, ISO 3166-1 alpha-2; a VAT number may name another in its first letters.
    """
    rules = list(_rules(scheme, value, country))
    if not rules or any(_passes(rule, value) for rule, _kind in rules):
        return ""
    return f"{value[:60]} is no {rules[0][1]}: its length, letters or check digit are not right. Compare it once more."


def tells_apart(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists of identifiers have one of the same scheme that differs."""
    there = {row["scheme"]: compact(row["value"]) for row in one}
    return any(there.get(row["scheme"], compact(row["value"])) != compact(row["value"]) for row in other)


def compact(value: str) -> str:
    """Letters and digits alone, in capitals: how two identifiers are compared."""
    return "".join(character for character in value.upper() if character.isalnum())


def _rules(scheme: str, value: str, country: str) -> Iterator[tuple[Callable[[str], object], str]]:
    """What may judge it, each with what it then is in words."""
    if scheme == "LEI":
        yield lei.validate, "LEI"
    elif scheme == "GLN":
        yield _validate_gln, "GLN"
    elif scheme == "VAT":
        named = compact(value)[:2]
        module = get_cc_module(_GREECE if named == "EL" else named, "vat") if named.isalpha() else None
        place = named if module else country
        module = module or get_cc_module(country, "vat")
        if module:
            yield module.validate, f"VAT number of {country_name(_GREECE if place == 'EL' else place)}"
    elif scheme == "National register":
        for name in _COMPANY_NUMBERS.get(country, []):
            yield _module(name).validate, f"company number of {country_name(country)}"


def _validate_gln(value: str) -> None:
    """GS1 General Specifications: thirteen digits, the last a check digit."""
    if len(ean.validate(value)) != 13:
        raise ValidationError


def _passes(rule: Callable[[str], object], value: str) -> bool:
    try:
        rule(value)
    except ValidationError:
        return False
    return True


def _module(name: str) -> ModuleType:
    return import_module(f"stdnum.{name}")
