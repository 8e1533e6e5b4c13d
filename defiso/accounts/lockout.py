"""Failed log-ins, what they are counted by, and the waiting they bring.

A browser that has logged in to the account before counts for itself alone. All others share two counts: of the account
they try, and of the network address they come from, each at one tenant. So a stranger slows strangers only.
An attempt is counted before the password is looked at, so that guesses sent at once count one by one.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from defiso.accounts.errors import LockedOutError
from defiso.accounts.models import METADATA, Failures
from defiso.audit.actions import Action
from defiso.core.clock import iso, now, parse_iso
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.items import Item, find_all
from defiso.store.transactions import Writes, transaction

FIRST_WAIT = timedelta(seconds=30)  # doubled with each further failure
LONGEST_WAIT = timedelta(minutes=15)  # a person at a new device can wait so long; guesses from everywhere are 96 a day
FORGOTTEN_AFTER = timedelta(hours=24)
TRIES = 10


@dataclass(frozen=True)
class Counter:
    """One thing that failures are counted by; ``allowed`` of them bring no waiting. ``action`` is the event of that."""

    pk: str
    allowed: int
    action: Action

    @property
    def key(self) -> tuple[type[Item], str, str]:
        return Failures, self.pk, METADATA


@dataclass(frozen=True)
class Attempt:
    """One attempt, counted already. ``network`` counts it as well if it fails; None for a known device."""

    counter: Counter
    counted: Failures
    network: Counter | None


def device_counter(tenant_slug: str, user_id: str, device: str, since: str) -> Counter:
    """By a browser that this user has logged in with; ``since`` is the time of the password that is asked for."""
    return Counter(_pk("device", tenant_slug, user_id, device, since), allowed=5, action=Action.DEVICE_LOCKED_OUT)


def account_counter(tenant_slug: str, address: str) -> Counter:
    """By what was typed, whether or not there is such an account; hashed, as people type passwords there too."""
    return Counter(_pk("account", tenant_slug, address), allowed=5, action=Action.USER_LOCKED_OUT)


def network_counter(tenant_slug: str, network: str) -> Counter:
    """By where it came from, at one tenant; an office shares an address, so more is allowed."""
    return Counter(_pk("network", tenant_slug, network), allowed=20, action=Action.NETWORK_LOCKED_OUT)


def count_attempt(known: Counter | None, *, account: Counter, network: Counter) -> Attempt:
    """Count an attempt for the ``known`` device alone, else for the account. Raises LockedOutError."""
    if known is not None:
        return Attempt(known, count(known), None)
    refuse_if_locked(find_all([account.key, network.key], consistent=True))
    return Attempt(account, count(account), network)


def forget(writes: Writes, attempt: Attempt) -> None:
    """Forget the failures before a log-in that succeeded: a known device leaves alone what strangers are counted by."""
    clear(writes, attempt.counter)
    if attempt.network is not None:
        clear(writes, attempt.network)


def refuse_if_locked(rows: Sequence[Item | None]) -> None:
    """Raises LockedOutError with the longest wait among these counters' rows."""
    waits = [_seconds_left(row) for row in rows if isinstance(row, Failures)]
    if any(waits):
        raise LockedOutError(retry_after=max(waits))


def count(
    counter: Counter, *, also: Callable[[Writes, Failures], None] | None = None, even_if_locked: bool = False
) -> Failures:
    """Count one more, under the condition that nobody else just did; ``also`` joins the transaction.

    Raises LockedOutError if the counter is locked, or is being hammered by others at this moment.
    """
    for _ in range(TRIES):
        row = Failures.find(counter.pk, METADATA, consistent=True)
        if not even_if_locked:
            refuse_if_locked([row])
        fresh = _one_more(counter, row)
        unchanged = Failures.operation == row.operation if row else Failures.PK.does_not_exist()
        try:
            with transaction() as writes:
                writes.put(fresh, given=unchanged, otherwise=ChangedMeanwhileError("Another attempt was counted."))
                if also is not None:
                    also(writes, fresh)
            return fresh
        except ChangedMeanwhileError:
            continue
    raise LockedOutError(retry_after=1)


def clear(writes: Writes, counter: Counter) -> None:
    """Forget a counter's failures; those counted meanwhile go too."""
    row = Failures(counter.pk, METADATA)
    anyway = Failures.PK.does_not_exist() | Failures.failures.exists()
    writes.delete(row, given=anyway, otherwise=ChangedMeanwhileError("The count of failures is not a count."))


def _one_more(counter: Counter, row: Failures | None) -> Failures:
    moment = now()
    before = int(row.failures) if row and row.expires_at > moment else 0
    wait = _wait_after(before + 1 - counter.allowed)
    return Failures(
        counter.pk,
        METADATA,
        failures=before + 1,
        locked_until=iso(moment + wait) if wait else None,
        expires_at=moment + FORGOTTEN_AFTER,
    )


def _wait_after(excess: int) -> timedelta | None:
    """30 s once the allowance is used up, doubled with each one more, a quarter of an hour at most."""
    if excess < 0:
        return None
    return min(FIRST_WAIT * (1 << min(excess, 10)), LONGEST_WAIT)


def _seconds_left(row: Failures) -> int:
    if not row.locked_until:
        return 0
    return max(0, -int((now() - parse_iso(row.locked_until)).total_seconds() // 1))


def _pk(*parts: str) -> str:
    return "FAILURES#" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
