"""Every write of the product: one TransactWriteItems whose parts each state what must be true first, or one PutItem.

A lost acknowledgement is not a refusal: the token makes the service recognise the retry, and the operation id on the
items lets us recognise it once the token has been forgotten.
"""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import VerboseClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from defiso.core.errors import DomainError
from defiso.core.ids import new_id
from defiso.store.connection import connection
from defiso.store.errors import StoreBusyError, code_of
from defiso.store.items import Item, find_row
from defiso.store.rows import row_of

MOST_PARTS = 100  # DynamoDB API reference, TransactWriteItems
ATTEMPTS = 10
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
# What PynamoDB makes of ``PK.does_not_exist()``, once and not for each of the many rows of a load.
_IF_NEW = {
    "ConditionExpression": "attribute_not_exists (#0)",
    "ExpressionAttributeNames": {"#0": "PK"},
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
PASSING_ERRORS = {"TransactionConflictException", "TransactionInProgressException"}


@dataclass(frozen=True)
class _Part:
    request: dict[str, Any]
    otherwise: DomainError
    stamped: bool


class Writes:
    """The parts of one transaction, in the order they were asked for."""

    def __init__(self) -> None:
        self.operation = new_id()
        self._parts: list[_Part] = []

    def __len__(self) -> int:
        return len(self._parts)

    def create(self, item: Item, *, otherwise: DomainError) -> None:
        """Put an item whose key must not exist yet."""
        item.operation = self.operation
        request = {"TableName": item.Meta.table_name, "Item": row_of(item), **_IF_NEW}
        self._add("Put", request, otherwise, stamped=True)

    def put(self, item: Item, *, given: Condition, otherwise: DomainError) -> None:
        """Put an item, replacing what its key holds, under a condition."""
        item.operation = self.operation
        request = item.get_save_kwargs_from_instance(condition=given, return_values_on_condition_failure="ALL_OLD")
        self._add("Put", request, otherwise, stamped=True)

    def update(self, item: Item, actions: Sequence[Action], *, given: Condition, otherwise: DomainError) -> None:
        """Change attributes under a condition. The Python object is stale afterwards."""
        request = item.get_update_kwargs_from_instance(
            actions=[*actions, type(item).operation.set(self.operation)],
            condition=given,
            return_values_on_condition_failure="ALL_OLD",
        )
        self._add("Update", request, otherwise, stamped=True)

    def delete(self, item: Item, *, given: Condition, otherwise: DomainError) -> None:
        self._add("Delete", item.get_delete_kwargs_from_instance(condition=given), otherwise, stamped=False)

    def check(self, model: type[Item], pk: str, sk: str, *, given: Condition, otherwise: DomainError) -> None:
        """Require something of an item that this transaction does not write."""
        request = model.get_operation_kwargs_from_class(pk, range_key=sk, condition=given)
        self._add("ConditionCheck", request, otherwise, stamped=False)

    def _add(self, kind: str, request: dict[str, Any], otherwise: DomainError, *, stamped: bool) -> None:
        if len(self._parts) == MOST_PARTS:
            raise ValueError(f"a transaction has at most {MOST_PARTS} parts")
        self._parts.append(_Part({kind: request}, otherwise, stamped))

    def commit(self) -> None:
        """Send the parts as one transaction; raises the ``otherwise`` of the first part whose condition failed."""
        if not self._parts:
            return
        request = {"TransactItems": [part.request for part in self._parts], "ClientRequestToken": self.operation}
        for attempt in range(ATTEMPTS):
            try:
                connection().dispatch("TransactWriteItems", dict(request))
                return
            except VerboseClientError as error:
                if self._already_took_effect(error):
                    return
                self._refuse_or_pass(error)
            time.sleep(random.uniform(0, min(1.0, 0.01 * 2**attempt)))  # noqa: S311  jitter, not a secret
        raise StoreBusyError("The registry is busy with other changes to the same record. Please try again.")

    def _already_took_effect(self, error: VerboseClientError) -> bool:
        failed = [
            (part, reason)
            for part, reason in zip(self._parts, error.cancellation_reasons, strict=False)
            if reason is not None and reason.code == "ConditionalCheckFailed"
        ]
        return any(
            part.stamped and (reason.raw_item or {}).get("operation", {}).get("S") == self.operation
            for part, reason in failed
        )

    def _refuse_or_pass(self, error: VerboseClientError) -> None:
        """Raise the refusal or the bug; return if the same request may simply be sent again."""
        codes = [reason.code if reason else None for reason in error.cancellation_reasons]
        for part, code in zip(self._parts, codes, strict=False):
            if code == "ConditionalCheckFailed":
                raise part.otherwise from error
        if code_of(error) in PASSING_ERRORS or (codes and {code for code in codes if code} <= PASSING):
            return
        raise error


def put_alone(item: Item, *, given: Condition, otherwise: DomainError) -> None:
    """Put one item under a condition, for half of what a transaction costs. Raises ``otherwise`` if it does not hold.

    As in a transaction, a repetition of our own is no refusal.
    """
    item.operation = new_id()
    try:
        connection().dispatch("PutItem", item.get_save_kwargs_from_instance(condition=given))
    except VerboseClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        found = find_row(type(item), item.PK, item.SK, consistent=True) or {}
        if found.get("operation", {}).get("S") != item.operation:
            raise otherwise from error


@contextmanager
def transaction() -> Iterator[Writes]:
    """Collect writes and commit them together on leaving; nothing is sent if the block raises."""
    writes = Writes()
    yield writes
    writes.commit()
