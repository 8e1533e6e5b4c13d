"""A named right to act alone, held for seconds and renewed: one row, changed only under conditions.

The holder checks it before each step; what it writes is guarded by the rows' own conditions as well.
"""

from dataclasses import dataclass
from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError, DomainError
from defiso.store.items import ChainItem
from defiso.store.transactions import Writes, transaction

SK = "METADATA"
LOST = "Another process holds this lease."


class LeaseItem(ChainItem):
    """``holder`` names the process, times are ISO 8601, ``term`` grows by one with each new holder.

    ``passed_at`` is when a holder, this one or one before, last came to the end of its round of work.
    """

    holder = UnicodeAttribute()
    renewed_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    passed_at = UnicodeAttribute(null=True)
    term = NumberAttribute()


@dataclass
class Lease:
    """A lease as held by this process; ``term`` is its fencing token, ``passed_at`` for the next renewal to write."""

    name: str
    holder: str
    seconds: float
    term: int
    passed_at: str = ""

    def renew(self) -> bool:
        """Extend the lease; False when it was lost to another holder."""
        item = LeaseItem(_pk(self.name), SK)
        expires_at = iso(now() + timedelta(seconds=self.seconds))
        ours = (LeaseItem.holder == self.holder) & (LeaseItem.term == self.term)
        changes = [LeaseItem.renewed_at.set(iso(now())), LeaseItem.expires_at.set(expires_at)]
        if self.passed_at:
            changes.append(LeaseItem.passed_at.set(self.passed_at))
        try:
            with transaction() as writes:
                writes.update(
                    item,
                    changes,
                    given=ours,
                    otherwise=ChangedMeanwhileError(LOST),
                )
        except ChangedMeanwhileError:
            return False
        return True

    def guard(self, writes: Writes, *, otherwise: DomainError) -> None:
        """Make a transaction depend on this lease not having passed to another holder."""
        ours = (LeaseItem.holder == self.holder) & (LeaseItem.term == self.term)
        writes.check(LeaseItem, _pk(self.name), SK, given=ours, otherwise=otherwise)

    def release(self) -> None:
        """Let the next holder start at once; does nothing if the lease was already lost."""
        ours = (LeaseItem.holder == self.holder) & (LeaseItem.term == self.term)
        try:
            with transaction() as writes:
                writes.update(
                    LeaseItem(_pk(self.name), SK),
                    [LeaseItem.expires_at.set(iso(now()))],
                    given=ours,
                    otherwise=ChangedMeanwhileError(LOST),
                )
        except ChangedMeanwhileError:
            return


def acquire_lease(name: str, *, holder: str, seconds: float) -> Lease | None:
    """Take the lease if it is free, expired or already ours; None if another process holds it."""
    current = read_lease(name)
    moment = now()
    if current and current.holder != holder and current.expires_at > iso(moment):
        return None
    term = int(current.term) + 1 if current else 1
    fresh = LeaseItem(
        _pk(name),
        SK,
        holder=holder,
        renewed_at=iso(moment),
        expires_at=iso(moment + timedelta(seconds=seconds)),
        passed_at=current.passed_at if current else None,
        term=term,
    )
    unchanged = LeaseItem.term == current.term if current else LeaseItem.PK.does_not_exist()
    try:
        with transaction() as writes:
            writes.put(fresh, given=unchanged, otherwise=ChangedMeanwhileError(LOST))
    except ChangedMeanwhileError:
        return None
    return Lease(name, holder, seconds, term)


def read_lease(name: str) -> LeaseItem | None:
    return LeaseItem.find(_pk(name), SK, consistent=True)


def is_held(item: LeaseItem | None) -> bool:
    return item is not None and item.expires_at > iso(now())


def _pk(name: str) -> str:
    return f"LEASE#{name}"
