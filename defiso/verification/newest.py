"""Whether a head is the newest state of its certificate: by its seal, its body's map, the platform's map, the chain.

Each is checked against the next: the head with the map's entry, the map with the newest checkpoint, that with what the
platform's map has of this body, and the platform's checkpoint with the one in the newest anchor. Somebody who writes
rows, but has no key, has to leave all of them as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from defiso.anchoring.witness import OLDER, Witness, newest_witness
from defiso.audit.authentic import require_authentic
from defiso.audit.models import Event, event_key
from defiso.audit.services import PENDING_SHARDS, events_of
from defiso.certificates.models import Certificate
from defiso.core.cache import TimedCache
from defiso.core.checkpoints import Checkpoint
from defiso.core.checks import Check, Result
from defiso.core.sealed_state import SealedState
from defiso.core.state_map import BrokenMapError, values_of
from defiso.credentials.committed import LostCheckpointError, committed_checkpoint
from defiso.credentials.notes import checked_checkpoint
from defiso.credentials.platform_map import platform_checkpoint
from defiso.store.errors import DamagedRowError
from defiso.store.items import Row
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import read_nodes
from defiso.transparency.models import KeptCheckpoint
from defiso.transparency.recording import read_checkpoint
from defiso.verification.errors import RecordUnprovenError

Answer = TypeVar("Answer")
ATTEMPTS = 3  # the worker may go on between two reads
RECORDED = "Newest state by the registry’s own record, which is anchored."
RECORDING = "Its newest change is being recorded; this takes a few moments."
NO_RECORD = "A change of this certificate never came to the registry’s own record, so it could not be checked."
ANOTHER = "The registry’s own record has another state of this certificate than is shown here."
UNCOUNTED = "A backup of the registry was restored, and what it had of this body is not yet anchored again."
GONE = "The registry’s own record of this body’s certificates is missing or damaged, so it could not be checked."
BEHIND = "The registry’s record of this body is older than what was anchored of it, so it could not be checked."


@dataclass(frozen=True)
class NewestCheck(Check):
    """``is_recording``: newer than the record, into which it is on its way."""

    is_recording: bool = False


@dataclass(frozen=True)
class _Floor:
    """The generation below which no checkpoint of a body is the newest, or why that is not known.

    A newer one has at least the generation ``later``: what was signed in a lost time has not.
    """

    generation: int
    problem: str = ""
    later: int = 0


_floors: TimedCache[_Floor] = TimedCache(size=4096, seconds=60)
_seen: TimedCache[int] = TimedCache(size=4096, seconds=86_400)


def check_newest(
    tenant: Tenant, head: Certificate, checkpoint_row: Row | None, *, is_waiting: bool = False
) -> NewestCheck:
    """Whether this head, whose seal holds, is the newest. ``checkpoint_row`` is the body's, read with the head.

    ``is_waiting``: its credential waits for its anchor. Then a first state is not looked for in the outbox: it is
    pending in any case, and whoever waits asks again and again.
    """
    state, row = head.sealed_state, _whole(checkpoint_row)
    for attempt in range(ATTEMPTS):
        is_fresh = attempt > 0
        try:
            row = _read_row(tenant) if is_fresh else row
            found = _look_up(tenant, state.number, row, consistent=is_fresh)
        except (BrokenMapError, BrokenLogError):
            continue
        if isinstance(found, NewestCheck):
            return found
        if found == state.value:
            return NewestCheck(Result.PASS, RECORDED)
        if is_waiting and found is None and not state.previous:
            return NewestCheck(Result.UNKNOWN, RECORDING, is_recording=True)
        if _follows_on(tenant, state, found) and is_on_its_way(head, row.size if row else 0):
            return NewestCheck(Result.UNKNOWN, RECORDING, is_recording=True)
        if is_fresh:
            return _judge_another(tenant, head, found)
    return NewestCheck(Result.UNKNOWN, GONE)


def read_newest(tenant: Tenant, read: Callable[[Checkpoint | None], Answer]) -> Answer:
    """What ``read`` makes of the body's newest checkpoint, asked again if the worker goes on meanwhile.

    Raises RecordUnprovenError if it cannot be told which is the newest, and BrokenLogError.
    """
    for attempt in range(ATTEMPTS):
        try:
            current = _current(tenant, _read_row(tenant), consistent=attempt > 0)
            if isinstance(current, NewestCheck):
                raise RecordUnprovenError(current.reason)
            return read(current)
        except BrokenLogError as error:
            broken = error
        except BrokenMapError as error:
            broken = BrokenLogError(tenant.slug, str(error))
    raise broken


def may_be_issued(tenant: Tenant, slug: str) -> bool:
    """Whether there may be a certificate of this number, whatever became of its row: not if the body's map, by its
    newest checkpoint, has none.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _look_up(tenant, slug, _read_row(tenant), consistent=attempt > 0) is not None
        except (BrokenMapError, BrokenLogError):
            continue
    return True


def is_on_its_way(head: Certificate, recorded: int) -> bool:
    """Whether the event that brought the head's state waits in the outbox, or is in the log after ``recorded``.

    Where an event stands, its row alone says: this is asked of a state that follows on the recorded one.
    """
    try:
        event = Event.find(head.PK, event_key(head.state_event or "none"), consistent=True)
        if event is None or event.sealed_state != head.sealed_state:
            return False
        require_authentic(event)
        leader = Event.find(event.PK, event_key(event.leader), consistent=True) if event.leader else event
    except (DamagedRowError, ValueError, TypeError):
        return False
    if leader is None:
        return False
    if event.GSI2PK or leader.GSI2PK:
        return any(shard in (*PENDING_SHARDS, "QUARANTINE") for shard in (event.GSI2PK, leader.GSI2PK))
    return leader.position is not None and leader.position >= recorded


def forget_floors() -> None:
    """Know no checkpoint any more: for tests."""
    _floors.clear()
    _seen.clear()


def _look_up(tenant: Tenant, slug: str, row: KeptCheckpoint | None, *, consistent: bool) -> bytes | NewestCheck | None:
    """The map's value of this number, by a checkpoint that is not older than any that is known."""
    checkpoint = _current(tenant, row, consistent=consistent)
    if checkpoint is None or isinstance(checkpoint, NewestCheck):
        return checkpoint
    key = certificate_key(tenant.slug, slug)
    read = partial(read_nodes, tenant.slug, consistent=consistent)
    return values_of(read, checkpoint.map_root, [key]).get(key)


def _current(tenant: Tenant, row: KeptCheckpoint | None, *, consistent: bool) -> Checkpoint | NewestCheck | None:
    """The checkpoint in this row, None without one; or why it cannot be told that it is the newest."""
    checkpoint = _checked(tenant, row)
    floor = _floor_of(tenant)
    if floor.problem:
        return NewestCheck(Result.UNKNOWN, floor.problem)
    known = max(floor.generation, _seen.get(tenant.slug) or 0)
    if (checkpoint.generation if checkpoint else 0) < known:
        if not consistent:
            raise BrokenLogError(tenant.slug, "its checkpoint is an old one")
        return NewestCheck(Result.UNKNOWN, BEHIND)
    if checkpoint is None:
        return None
    if floor.generation < checkpoint.generation < floor.later:
        return NewestCheck(Result.UNKNOWN, UNCOUNTED)
    _seen.put(tenant.slug, checkpoint.generation)
    return checkpoint


def _judge_another(tenant: Tenant, head: Certificate, recorded: bytes | None) -> NewestCheck:
    """The map has another state, and the head's is not on its way: an older one, unless its event was taken away."""
    if _has_moved_on(head):
        return NewestCheck(Result.UNKNOWN, RECORDING, is_recording=True)
    if recorded is None:
        return NewestCheck(Result.UNKNOWN, NO_RECORD)
    states = _states(tenant, head.slug)
    newest = next((state for state in states if state.value == recorded), None)
    if newest is None or newest.version < head.version:
        return NewestCheck(Result.UNKNOWN, NO_RECORD)
    return NewestCheck(Result.FAIL, ANOTHER)


def _has_moved_on(head: Certificate) -> bool:
    """Whether the head was changed since it was read: then the map may be ahead of what was read."""
    try:
        now = Certificate.find(head.PK, head.SK, consistent=True)
    except DamagedRowError:
        return False
    return now is not None and now.version > head.version


def _follows_on(tenant: Tenant, state: SealedState, recorded: bytes | None) -> bool:
    """Whether the states lead back from this one to the recorded one, or to the first if none is recorded."""
    wanted, previous = recorded.hex() if recorded else "", state.previous
    if previous == wanted:
        return True
    before = {known.value.hex(): known.previous for known in _states(tenant, state.number)}
    while previous != wanted and previous in before:
        previous = before[previous]
    return previous == wanted


def _states(tenant: Tenant, slug: str) -> list[SealedState]:
    found = []
    for event in events_of(tenant_slug=tenant.slug, target_kind="CERT", target_id=slug):
        try:
            if state := event.sealed_state:
                found.append(state)
        except ValueError:
            continue
    return found


def _floor_of(tenant: Tenant) -> _Floor:
    if kept := _floors.get(tenant.slug):
        return kept
    floor = _find_floor(tenant, newest_witness())
    if not floor.problem:
        _floors.put(tenant.slug, floor)
    return floor


def _find_floor(tenant: Tenant, witness: Witness) -> _Floor:
    if witness.problem:
        return _Floor(0, witness.problem)
    try:
        platform = platform_checkpoint(fresh=True)
        if witness.platform and not (platform and platform.is_as_new_as(witness.platform)):
            return _Floor(0, OLDER)
        committed = committed_checkpoint(tenant)
    except LostCheckpointError:
        return _Floor(0, BEHIND)
    except BrokenLogError:
        return _Floor(0, GONE)
    return _Floor(committed.generation if committed else 0, later=witness.least_generation)


def _read_row(tenant: Tenant) -> KeptCheckpoint | None:
    return read_checkpoint(tenant.slug, consistent=True)


def _whole(row: Row | None) -> KeptCheckpoint | None:
    try:
        return KeptCheckpoint.whole(row) if row else None
    except DamagedRowError:
        return None


def _checked(tenant: Tenant, row: KeptCheckpoint | None) -> Checkpoint | None:
    """Raises BrokenLogError for one that does not count."""
    try:
        return checked_checkpoint(row.note, tenant=tenant)[0] if row else None
    except ValueError as error:
        raise BrokenLogError(tenant.slug, str(error)) from error
