"""From a row as DynamoDB sends it to the values of a model, and back. Which model and what it means is the caller's."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import NULL
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

from defiso.store.errors import DamagedRowError


def values_of(model: type[Model], row: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Each attribute's value by its name in Python; a default where the row has none.

    What PynamoDB looks up for every value (its name, its default, its descriptor) is looked up once for a model.
    Raises DamagedRowError for a value of another type or form. Not for models with a discriminator.
    """
    values: dict[str, Any] = {}
    for name, stored_name, attribute in _columns(model):
        stored: Any = row.get(stored_name)
        if stored and NULL not in stored:
            values[name] = _read(model, name, attribute, stored)
        elif attribute.default is not None:
            values[name] = attribute.default() if callable(attribute.default) else attribute.default
    return values


def require_whole(model: type[Model], values: Mapping[str, Any]) -> None:
    """Raises DamagedRowError if an attribute is missing that every row of this model has."""
    for name, _stored_name, attribute in _columns(model):
        if name not in values and not attribute.null:
            raise DamagedRowError(model.__name__.lower(), name)


def row_of(item: Model) -> dict[str, dict[str, Any]]:
    """The item as DynamoDB takes it, as PynamoDB writes it in a multiple of the time. Not for maps and lists of models.

    Raises AttributeNullError for an attribute without a value that every row of its model has.
    """
    row: dict[str, dict[str, Any]] = {}
    for name, stored_name, attribute in _columns(type(item)):
        value = item.attribute_values.get(name)
        stored = None if value is None else attribute.serialize(value)
        if stored is not None:
            row[stored_name] = {attribute.attr_type: stored}
        elif not attribute.null:
            raise AttributeNullError(name)
    return row


def _read(model: type[Model], name: str, attribute: Attribute[Any], stored: Any) -> Any:
    try:
        return attribute.deserialize(attribute.get_value(stored))
    except (TypeError, ValueError) as error:  # AttributeDeserializationError is a TypeError
        raise DamagedRowError(model.__name__.lower(), name) from error


@cache
def _columns(model: type[Model]) -> list[tuple[str, str, Attribute[Any]]]:
    """(name in Python, name in the table, attribute) of every attribute."""
    return [(name, attribute.attr_name, attribute) for name, attribute in model.get_attributes().items()]
