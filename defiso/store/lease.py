"""A named right to act alone, held for seconds and renewed: one row, changed only under conditions.

No other machine's clock is believed. Who waits takes over once it has itself seen the row unchanged for the lease's
seconds; who holds gives up before that, by its own clock; and whatever a holder writes requires its term.
"""

from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from defiso.core import clock
from defiso.core.errors import ChangedMeanwhileError, DomainError
from defiso.store.items import ChainItem, WholeNumber
from defiso.store.transactions import Writes, transaction

SK = "METADATA"
LOST = "Another process holds this lease."


class LeaseItem(ChainItem):
    """``holder`` names the process, none once it gave the lease back; ``renewed_at`` is for people.

    ``term`` grows by one with each new holder, ``beat`` with each renewal of a term. ``passed_at`` is when a
    holder, this one or one before, last came to the end of its round of work.
    """

    holder = UnicodeAttribute(null=True)
    renewed_at = UnicodeAttribute()
    passed_at = UnicodeAttribute(null=True)
    term = WholeNumber()
    beat = WholeNumber()

    @property
    def mark(self) -> tuple[str | None, int, int]:
        """What every renewal changes, whatever time the holder believes it is."""
        return self.holder, self.term, self.beat


class LastSeen:
    """For how long one process has seen a mark unchanged, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._mark: object = None
        self._since = 0.0

    def age(self, mark: object, *, at_first: float = 0.0) -> float:
        """Seconds since this mark was first seen, ``at_first`` more for the first of all; call it after reading it."""
        if mark != self._mark:
            self._since = clock.monotonic() - (at_first if self._mark is None else 0.0)
            self._mark = mark
        return clock.monotonic() - self._since


@dataclass
class Lease:
    """A lease as held by this process; ``term`` is its fencing token, ``passed_at`` for the next renewal to write.

    ``renewed`` is when the last renewal was begun, by the clock that nobody sets.
    """

    name: str
    holder: str
    seconds: float
    term: int
    renewed: float
    passed_at: str = ""
    beat: int = 0

    @property
    def age(self) -> float:
        """Seconds since the last renewal: no other process counts more."""
        return clock.monotonic() - self.renewed

    def renew(self) -> bool:
        """Extend the lease; False when it was lost to another holder, or may have been."""
        begun = clock.monotonic()
        if begun - self.renewed >= self.seconds:
            return False
        self.beat += 1  # also when the answer is lost, so that the next renewal is told from this one
        changes = [LeaseItem.renewed_at.set(clock.iso(clock.now())), LeaseItem.beat.set(self.beat)]
        if self.passed_at:
            changes.append(LeaseItem.passed_at.set(self.passed_at))
        try:
            with transaction() as writes:
                writes.update(self._row, changes, given=self._is_ours, otherwise=ChangedMeanwhileError(LOST))
        except ChangedMeanwhileError:
            return False
        self.renewed = begun
        return True

    def guard(self, writes: Writes, *, otherwise: DomainError) -> None:
        """Make a transaction depend on this lease not having passed to another holder."""
        writes.check(LeaseItem, _pk(self.name), SK, given=self._is_ours, otherwise=otherwise)

    def release(self) -> None:
        """Let the next holder start at once; does nothing if the lease was already lost."""
        changes = [LeaseItem.holder.remove()]
        try:
            with transaction() as writes:
                writes.update(self._row, changes, given=self._is_ours, otherwise=ChangedMeanwhileError(LOST))
        except ChangedMeanwhileError:
            return

    @property
    def _row(self) -> LeaseItem:
        return LeaseItem(_pk(self.name), SK)

    @property
    def _is_ours(self) -> Condition:
        ours: Condition = (LeaseItem.holder == self.holder) & (LeaseItem.term == self.term)
        return ours


def acquire_lease(name: str, *, holder: str, seconds: float, seen: LastSeen | None = None) -> Lease | None:
    """Take the lease if it is free, already ours, or by ``seen`` unrenewed for ``seconds``; None if another holds it.

    Whoever waits passes the same ``seen`` again and again; without one, another holder's lease is never taken.
    """
    current = read_lease(name)
    if current and current.holder not in (None, holder) and (seen is None or seen.age(current.mark) < seconds):
        return None
    lease = Lease(name, holder, seconds, term=current.term + 1 if current else 1, renewed=clock.monotonic())
    fresh = LeaseItem(_pk(name), SK, holder=holder, term=lease.term, beat=lease.beat)
    fresh.renewed_at, fresh.passed_at = clock.iso(clock.now()), current.passed_at if current else None
    try:
        with transaction() as writes:
            writes.put(fresh, given=_is_still(current), otherwise=ChangedMeanwhileError(LOST))
    except ChangedMeanwhileError:
        return None
    return lease


def read_lease(name: str) -> LeaseItem | None:
    return LeaseItem.find(_pk(name), SK, consistent=True)


def is_held(item: LeaseItem | None) -> bool:
    """Whether it was taken and not given back; its holder may be dead."""
    return item is not None and item.holder is not None


def _is_still(item: LeaseItem | None) -> Condition:
    """Neither renewed nor taken since it was read."""
    if item is None:
        return LeaseItem.PK.does_not_exist()
    same: Condition = (LeaseItem.term == item.term) & (LeaseItem.beat == item.beat)
    return same


def _pk(name: str) -> str:
    return f"LEASE#{name}"
