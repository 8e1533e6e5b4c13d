"""How a certificate stood on a day, as a statement of its body's, signed, with the proofs that the body's log says so.

A state is proven by its entry in the log; that no later one was in force on the day by the entry of the next, or if it
is the newest by the map. Nothing is signed that is not proven.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

import orjson

from defiso.audit.models import Event, event_key
from defiso.certificates.models import Certificate
from defiso.certificates.states import status_of
from defiso.core import clock
from defiso.core.cache import TimedCache
from defiso.core.checkpoints import Checkpoint
from defiso.core.sealed_state import SealedState
from defiso.core.state_map import MapProof, prove, value_in
from defiso.credentials.contexts import CREDENTIALS_V2, TERMS_V2
from defiso.credentials.did import did_of
from defiso.credentials.integrity import to_the_second
from defiso.credentials.signing import signed_under
from defiso.store.errors import DamagedRowError
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import read_nodes
from defiso.transparency.positions import position_of
from defiso.verification.errors import RecordUnprovenError
from defiso.verification.history import History, read_history
from defiso.verification.log.proofs import Inclusion, NoSuchEntryError, prove_inclusion, write_checkpoint
from defiso.verification.log.signed import Log, Signed, newest_checkpoint
from defiso.verification.newest import read_newest
from defiso.verification.presentation import page_address
from defiso.verification.services import sealed_records

NO_RECORD = "no_record"  # of a day before the first state: nothing is known of it here
NOT_NEWEST = "What is kept of this certificate is not, or not yet, its newest record. Please try again in a moment."
DAMAGED = "What the registry keeps of that day is missing or was changed, so that nothing can be said of it."
CONTEXTS = (CREDENTIALS_V2, TERMS_V2)

_kept: TimedCache[dict[str, Any]] = TimedCache(size=500, seconds=60)


@dataclass(frozen=True)
class Proven:
    """A state and its entry in the log."""

    state: SealedState
    inclusion: Inclusion


@dataclass(frozen=True)
class Standing:
    """``state`` was in force at the end of the ``day``, None before the first; ``following`` is the one after it, None
    if there is none: then ``map_proof`` shows it to be the newest. All under the checkpoint ``signed``.
    """

    day: date
    signed: Signed
    state: Proven | None
    following: Proven | None
    map_proof: MapProof | None


def make_statement(*, tenant: Tenant, number: str, on: date | None) -> dict[str, Any]:
    """The signed statement of how it stood at the end of a past day (UTC), or today, with its proofs.

    Raises UnknownCertificateError; RecordUnprovenError or BrokenLogError where nothing can be proven;
    NoSigningKeyError, KeyUnavailableError.
    """
    head, day = sealed_records(tenant, number).head, on or clock.today()
    key = f"{tenant.slug} {head.slug} {head.sealed_state.value.hex()} {day}"
    if kept := _kept.get(key):
        return kept
    before, after = _around(tenant, head, on)
    standing = read_newest(tenant, partial(_proven, tenant, head.sealed_state, day, before, after))
    made = {"statement": _sign(tenant, head, standing), **_proofs(tenant, head, standing)}
    _kept.put(key, made)
    return made


def forget_statements() -> None:
    """Make every statement afresh: for tests."""
    _kept.clear()


def _around(tenant: Tenant, head: Certificate, on: date | None) -> tuple[SealedState | None, SealedState | None]:
    """The state in force at the end of the day, and the one after it."""
    if on is None:
        return head.sealed_state, None
    history = read_history(tenant=tenant, newest=head.sealed_state, reason=head.reason)
    if not history.reaches(on):
        raise RecordUnprovenError(DAMAGED)
    return history.by_end_of(on), _first_after(history, on)


def _first_after(history: History, day: date) -> SealedState | None:
    state, states = history.by_end_of(day), [step.state for step in history.steps]
    later = states[: states.index(state)] if state else states
    return later[-1] if later else None


def _proven(
    tenant: Tenant,
    newest: SealedState,
    day: date,
    before: SealedState | None,
    after: SealedState | None,
    checkpoint: Checkpoint | None,
) -> Standing:
    """What a checkpoint proves of these states. Raises RecordUnprovenError, BrokenLogError, BrokenMapError."""
    log, key = Log(tenant), certificate_key(tenant.slug, newest.number)
    if checkpoint is None:
        raise RecordUnprovenError(NOT_NEWEST)
    signed = newest_checkpoint(log)
    if signed.checkpoint != checkpoint:
        raise BrokenLogError(tenant.slug, "its checkpoint has moved on")
    map_proof = prove(partial(read_nodes, tenant.slug, consistent=True), checkpoint.map_root, key)
    if value_in(map_proof, key) != newest.value:
        raise RecordUnprovenError(NOT_NEWEST)
    state = _prove_state(log, signed, before) if before else None
    following = _prove_state(log, signed, after) if after else None
    return Standing(day, signed, state, following, None if following else map_proof)


def _prove_state(log: Log, signed: Signed, state: SealedState) -> Proven:
    try:
        event = Event.find(tenant_key(state.tenant), event_key(state.event), consistent=True)
        position = position_of(event) if event and event.sealed_state == state else None
        inclusion = None if position is None else prove_inclusion(log, signed, position)
    except (DamagedRowError, NoSuchEntryError, TypeError, ValueError):
        inclusion = None
    if inclusion is None or not inclusion.holds or _value_in(inclusion.entry, state) != state.value.hex():
        raise RecordUnprovenError(DAMAGED)
    return Proven(state, inclusion)


def _value_in(entry: bytes, state: SealedState) -> str:
    """The value that an entry sets: of a confidential state it says nothing else."""
    said: Mapping[str, Any] = orjson.loads(entry)
    if "map" in said:
        return str(said["map"][1])
    return state.value.hex() if said.get("state") == state.statement else ""


def _sign(tenant: Tenant, head: Certificate, standing: Standing) -> dict[str, Any]:
    moment, address = clock.now(), page_address(tenant, head.slug)
    document = {
        "@context": list(CONTEXTS),
        "type": ["VerifiableCredential", "CertificateStatement"],
        "id": f"{address}/statement.json?on={standing.day}",
        "issuer": did_of(tenant),
        "validFrom": to_the_second(moment),
        "credentialSubject": {
            "id": address,
            "type": "CertificateStanding",
            "number": head.number,
            "onDay": standing.day.isoformat(),
            **_said_of(standing),
        },
    }
    return signed_under(CONTEXTS, document, tenant=tenant, at=moment)


def _said_of(standing: Standing) -> dict[str, Any]:
    if standing.state is None:
        return {"status": NO_RECORD}
    state = standing.state.state
    said = {
        "status": str(status_of(state.status, state.expires, standing.day)),
        "statusSince": to_the_second(datetime.fromisoformat(state.since)),
        "revision": state.revision,
        "stateValue": state.value.hex(),
        "logPosition": standing.state.inclusion.position,
    }
    return said | {"expiryDate": state.expires} if state.expires else said


def _proofs(tenant: Tenant, head: Certificate, standing: Standing) -> dict[str, Any]:
    key = certificate_key(tenant.slug, head.slug).hex()
    return {
        "state": _write(standing.state),
        "next_state": _write(standing.following),
        "map": {"key": key, "proof": standing.map_proof.to_json()} if standing.map_proof else None,
        "checkpoint": write_checkpoint(standing.signed),
        "keys": [key.text for key in Log(tenant).keys],
    }


def _write(proven: Proven | None) -> dict[str, Any] | None:
    if proven is None:
        return None
    inclusion = proven.inclusion
    return {
        "statement": proven.state.statement,
        "position": inclusion.position,
        "entry": inclusion.entry.decode(),
        "path": [step.hex() for step in inclusion.path],
    }
