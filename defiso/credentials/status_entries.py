"""The places of credentials in their body's status lists: claimed in exclusive blocks, used in random order.

A place is in the signed document from the first issue on, so it is claimed before anything else is written; one that is
never used is only a bit that stays 0. Source: Bitstring Status List 1.0, 2.1 and 5.1 (placement of random indexes).
"""

import os
import random
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Self

from pynamodb.attributes import BinaryAttribute

from defiso.core.errors import ChangedMeanwhileError, UnavailableError
from defiso.store.items import TenantsItem
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from defiso.tenants.services import origin_of

LENGTH = 131_072  # bits of a list: the least that hides one holder among many (Bitstring Status List 1.0, 6.1)
BLOCK = 128  # places claimed by one update; as many are lost, unused, when a process dies
PURPOSES = ("revocation", "suspension")
LISTS = "STATUSLIST#"
MOST_TENANTS = 1024
TRIES = 20


@dataclass(frozen=True)
class StatusEntry:
    """One place in a body's lists, the same in that of each purpose. ``number`` counts the lists from 1."""

    number: int
    index: int

    @property
    def text(self) -> str:
        """``1#94567``, as rows keep it."""
        return f"{self.number}#{self.index}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for anything but what ``text`` writes."""
        number, _mark, index = text.partition("#")
        entry = cls(int(number), int(index))
        if entry.text != text or entry.number < 1 or not 0 <= entry.index < LENGTH:
            raise ValueError("not a place in a status list")
        return entry


class StatusListItem(TenantsItem):
    """``PK TENANT#<slug>, SK STATUSLIST#<0001>``: a bit for each block of the list that has been claimed."""

    claimed = BinaryAttribute(legacy_encoding=False)


def credential_status(tenant: Tenant, entry: StatusEntry) -> list[dict[str, str]]:
    """The ``credentialStatus`` of a credential: one entry for each purpose."""
    return [
        {
            "id": f"{list_address(tenant, purpose, entry.number)}#{entry.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(entry.index),
            "statusListCredential": list_address(tenant, purpose, entry.number),
        }
        for purpose in PURPOSES
    ]


def list_address(tenant: Tenant, purpose: str, number: int) -> str:
    return f"{origin_of(tenant)}/status/{purpose}/{number}"


def list_exists(tenant: Tenant, number: int) -> bool:
    return StatusListItem.find(tenant_key(tenant.slug), _sk(number)) is not None


def claim_entry(tenant: Tenant) -> StatusEntry:
    """A place that nobody else has or will have; one transaction for each BLOCK of them in this process."""
    return _places.take(tenant)


def forget_claimed_entries() -> None:
    """Begin with a fresh block: for tests."""
    _places.clear()


class _Places:
    """The places that this process has claimed and not used yet, by tenant. A fork begins without any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._unused: OrderedDict[str, list[StatusEntry]] = OrderedDict()

    def take(self, tenant: Tenant) -> StatusEntry:
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self._unused.clear()
            unused = self._unused.get(tenant.slug)
            if not unused:
                unused = self._unused[tenant.slug] = _claim_block(tenant)
            self._unused.move_to_end(tenant.slug)
            while len(self._unused) > MOST_TENANTS:
                self._unused.popitem(last=False)
            return unused.pop()

    def clear(self) -> None:
        with self._lock:
            self._unused.clear()


_places = _Places()


def _claim_block(tenant: Tenant) -> list[StatusEntry]:
    for _ in range(TRIES):
        number, current = _newest_list(tenant)
        claimed = int.from_bytes(current.claimed, "big") if current else 0
        free = [block for block in range(LENGTH // BLOCK) if not claimed >> block & 1]
        if not free:
            number, current, claimed, free = number + 1, None, 0, list(range(LENGTH // BLOCK))
        block = secrets.choice(free)
        try:
            _write(tenant, number, current, claimed | 1 << block)
        except ChangedMeanwhileError:
            continue  # another process claimed one at this moment
        entries = [StatusEntry(number, block * BLOCK + place) for place in range(BLOCK)]
        random.SystemRandom().shuffle(entries)
        return entries
    raise UnavailableError("Many certificates are being issued at this moment. Please try again.")


def _newest_list(tenant: Tenant) -> tuple[int, StatusListItem | None]:
    rows = StatusListItem.query(
        tenant_key(tenant.slug),
        StatusListItem.SK.startswith(LISTS),
        scan_index_forward=False,
        limit=1,
        consistent_read=True,
    )
    newest = next(iter(rows), None)
    return (int(newest.SK.removeprefix(LISTS)), newest) if newest else (1, None)


def _write(tenant: Tenant, number: int, current: StatusListItem | None, claimed: int) -> None:
    fresh = StatusListItem(tenant_key(tenant.slug), _sk(number), claimed=claimed.to_bytes(LENGTH // BLOCK // 8, "big"))
    as_read: Any = StatusListItem.operation == current.operation if current else StatusListItem.PK.does_not_exist()
    with transaction() as writes:
        writes.put(fresh, given=as_read, otherwise=ChangedMeanwhileError("Another block was claimed."))


def _sk(number: int) -> str:
    return f"{LISTS}{number:04d}"
