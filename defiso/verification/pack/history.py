"""Which checkpoints a pack rests on, and what they prove: of the body's log and map, and of the platform's map.

Anchored ones where they have the certificate's state; else the newest, which go on from the anchored ones. Of a map
only the newest two generations can be read, so that an anchored one may no longer prove anything.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from defiso.audit.models import Event, event_key
from defiso.certificates.models import Certificate
from defiso.core.notes import Note
from defiso.core.state_map import BrokenMapError, MapProof, prove, value_in
from defiso.credentials.keyring import keys_of, signing_key_of
from defiso.credentials.notes import note_keys_of
from defiso.store.errors import DamagedRowError
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key, checkpoint_key, signing_key_key
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import read_nodes
from defiso.transparency.positions import position_of
from defiso.verification.log.kept import kept_page, newest_anchored
from defiso.verification.log.proofs import Consistency, Inclusion, prove_consistency, prove_inclusion
from defiso.verification.log.signed import EmptyLogError, Log, Signed, newest_checkpoint

ATTEMPTS = 3  # the worker may go on between two reads
Proven = tuple[MapProof, Inclusion | None]


@dataclass(frozen=True)
class Side:
    """The checkpoint of a log that proofs are against, and the newest anchored one; None before the first anchor."""

    log: Log
    signed: Signed
    anchored: Signed | None

    @property
    def is_anchored(self) -> bool:
        return self.anchored is not None and self.anchored.checkpoint == self.signed.checkpoint

    @property
    def consistency(self) -> Consistency | None:
        """How the checkpoint goes on from the anchored one, where they are two."""
        if self.anchored is None or self.is_anchored:
            return None
        return prove_consistency(self.log, self.anchored, self.signed)


@dataclass(frozen=True)
class History:
    """``keys`` and ``checkpoint`` are proofs against the platform's map; ``keys`` by the id of the body's key.

    ``map_proof`` is of the body's map, ``inclusion`` of the entry that brought the state, if it is in the log.
    """

    body: Side
    platform: Side
    keys: dict[str, MapProof]
    checkpoint: MapProof
    map_proof: MapProof
    inclusion: Inclusion | None

    @property
    def notes(self) -> dict[str, bytes]:
        files = {}
        for prefix, side in (("", self.body), ("platform-", self.platform)):
            files[f"{prefix}checkpoint.txt"] = side.signed.note.encode()
            if side.anchored and not side.is_anchored:
                files[f"{prefix}anchored-checkpoint.txt"] = side.anchored.note.encode()
        return files


def find_history(tenant: Tenant, head: Certificate, *, kids: Sequence[str]) -> History | None:
    """Proofs of the state of this head, whose seal holds, and of these keys and those of the notes; None while the log
    of the body or of the platform has no checkpoint yet.

    Raises BrokenLogError where none can be made.
    """
    kids, position = [*kids, signing_key_of(tenant)[0].kid], _position_of(head)
    try:
        return _find(tenant, kids, _sides, lambda body: _prove_state(body, head, position))
    except EmptyLogError:
        return None


def find_absence(tenant: Tenant, key: bytes) -> History | None:
    """Proofs that the body's newest map lacks this key; None if it has it. Raises EmptyLogError, BrokenLogError."""

    def prove_absence(body: Side) -> tuple[MapProof, None] | None:
        proof = _prove(body, key)
        return (proof, None) if proof else None

    history = _find(tenant, [], _newest_side, prove_absence)
    return history if value_in(history.map_proof, key) is None else None


def _find(
    tenant: Tenant,
    kids: Sequence[str],
    sides: Callable[[Log], Iterable[Side]],
    prove_in: Callable[[Side], Proven | None],
) -> History:
    problem = "its map cannot be read"
    for _attempt in range(ATTEMPTS):
        for body in sides(Log(tenant)):
            found = prove_in(body)
            if found is None:
                continue
            if platform := _prove_platform(body, tenant, sorted({*kids, *_signers(body, tenant)})):
                return History(body, *platform, *found)
            problem = "the platform’s map does not go with its checkpoint"
    raise BrokenLogError(tenant.slug, problem)


def _signers(body: Side, tenant: Tenant) -> set[str]:
    """The keys of the body that signed the notes of this side."""
    notes = [Note.from_octets(signed.note.encode()) for signed in (body.signed, body.anchored) if signed]
    pairs = zip(keys_of(tenant), note_keys_of(tenant), strict=True)
    return {key.kid for key, note_key in pairs if any(note.is_signed_by(note_key) for note in notes)}


def _sides(log: Log) -> Iterator[Side]:
    """With the anchored checkpoint, then with the newest."""
    newest = newest_checkpoint(log)
    kept = newest_anchored(kept_page(log))
    anchored = kept.signed if kept else None
    if anchored and anchored.checkpoint != newest.checkpoint:
        yield Side(log, anchored, anchored)
    yield Side(log, newest, anchored)


def _newest_side(log: Log) -> list[Side]:
    return list(_sides(log))[-1:]


def _prove_state(body: Side, head: Certificate, position: int | None) -> Proven | None:
    """None if this checkpoint cannot, or is an anchored one that does not have the newest state."""
    state, checkpoint = head.sealed_state, body.signed.checkpoint
    key = certificate_key(state.tenant, state.number)
    proof = _prove(body, key)
    if proof is None:
        return None
    has_it = value_in(proof, key) == state.value
    if body.is_anchored and not has_it and _newest_is_later(body):
        return None
    if not has_it or position is None or position >= checkpoint.size:
        return proof, None
    return proof, prove_inclusion(body.log, body.signed, position)


def _newest_is_later(body: Side) -> bool:
    return newest_checkpoint(body.log).checkpoint != body.signed.checkpoint


def _prove_platform(
    body: Side, tenant: Tenant, kids: Sequence[str]
) -> tuple[Side, dict[str, MapProof], MapProof] | None:
    """By a checkpoint of the platform that has these keys, and of the body one of the pack's."""
    known = {signed.checkpoint.digest for signed in (body.signed, body.anchored) if signed}
    named = checkpoint_key(tenant.slug)
    for side in _sides(Log(None)):
        checkpoint = _prove(side, named)
        keys = {kid: _prove(side, _key_of(tenant, kid)) for kid in kids}
        if checkpoint is None or None in keys.values():
            continue
        proofs = {kid: proof for kid, proof in keys.items() if proof}
        is_newest = side.signed.checkpoint == newest_checkpoint(Log(None)).checkpoint
        has_keys = all(value_in(proof, _key_of(tenant, kid)) for kid, proof in proofs.items())
        goes_with = value_in(checkpoint, named) in known or (body.anchored is None)
        if goes_with and (has_keys or is_newest):
            return side, proofs, checkpoint
    return None


def _key_of(tenant: Tenant, kid: str) -> bytes:
    return signing_key_key(f"{tenant.slug} {kid}")


def _prove(side: Side, key: bytes) -> MapProof | None:
    try:
        return prove(partial(read_nodes, side.log.slug, consistent=True), side.signed.checkpoint.map_root, key)
    except BrokenMapError:
        return None


def _position_of(head: Certificate) -> int | None:
    try:
        event = Event.find(head.PK, event_key(head.state_event or "none"), consistent=True)
        return position_of(event) if event and event.sealed_state == head.sealed_state else None
    except (DamagedRowError, ValueError, TypeError):
        return None
