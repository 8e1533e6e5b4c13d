"""A proof pack: everything that shows one certificate to be genuine, as files that need none of us to be checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defiso.anchoring.models import Proof
from defiso.certificates.models import Certificate
from defiso.chain.networks import network_of
from defiso.core.cache import TimedCache
from defiso.core.canonical import canonical_json, sha256
from defiso.credentials.canonicalisation import Statements
from defiso.credentials.integrity import proof_statements
from defiso.credentials.reading import read_credential
from defiso.credentials.services import did_document, sign_statement
from defiso.store.items import Row
from defiso.tenants.models import Tenant
from defiso.verification.evidence import Evidence, evidence_of
from defiso.verification.pack.anchors import anchor_files
from defiso.verification.pack.history import History, find_history
from defiso.verification.pack.keys import key_file
from defiso.verification.pack.zipping import MANIFEST
from defiso.verification.presentation import present_proof
from defiso.verification.records import Records
from defiso.verification.services import credential_text, sealed_records

SHIPPED = ("README.txt", "verify.py")  # the program that checks a pack goes along, and shares nothing with the rest
MOST_KEPT = 100
KEPT_SECONDS = 30
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class _Kept:
    rows: tuple[Row, Row | None]
    files: dict[str, bytes]


_packs: TimedCache[_Kept] = TimedCache(size=MOST_KEPT, seconds=KEPT_SECONDS)


def pack_files(tenant: Tenant, number: str) -> dict[str, bytes]:
    """The files of a public certificate's pack by name; the same again for half a minute while its rows are equal.

    Raises UnknownCertificateError; BrokenLogError if what would prove it is damaged; NoSigningKeyError and
    KeyUnavailableError if nobody can sign for its contents.
    """
    records = sealed_records(tenant, number)
    key, rows = f"{tenant.slug} {records.slug}", (records.row, records.checkpoint_row)
    if (kept := _packs.get(key)) and kept.rows == rows:
        return kept.files
    files = _made(tenant, records)
    _packs.put(key, _Kept(rows, files))
    return files


def forget_packs() -> None:
    """Make every pack afresh: for tests."""
    _packs.clear()


def sign_files(tenant: Tenant, number: str, files: Mapping[str, bytes]) -> bytes:
    """``manifest.json``: the SHA-256 of each file, signed by the body."""
    digests = {name: sha256(octets).hex() for name, octets in files.items()}
    statement = {"type": "proof pack", "tenant": tenant.slug, "number": number, "files": digests}
    return canonical_json({**statement, "signature": sign_statement(tenant=tenant, statement=statement)}) + b"\n"


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _made(tenant: Tenant, records: Records) -> dict[str, bytes]:
    head, evidence = records.head, evidence_of(tenant, records)
    text = credential_text(evidence)
    proof = evidence.proof if evidence.proof and evidence.proof.is_readable else None
    seal = head.status_seal or ""
    history = find_history(tenant, head, kids=[evidence.key_id, seal.partition(":")[0]])
    files = {
        "credential.json": text.encode(),
        "credential.nq": _statements(evidence.text),
        "proof.json": as_json(_proof(proof, evidence)),
        "did.json": as_json(did_document(tenant)),
        "key.json": as_json(key_file(tenant, history)),
        "state.json": as_json(_state(head, history)),
        **(history.notes if history else {}),
        **anchor_files(history, proof),
        **{name: (_HERE / name).read_bytes() for name in SHIPPED},
    }
    files[MANIFEST] = sign_files(tenant, head.slug, files)
    return files


def _statements(text: str) -> bytes:
    """What the Merkle leaf is the SHA-256 of."""
    credential = read_credential(text)
    return Statements(credential.document).canonical_with_proof(proof_statements(credential.proof))


def _proof(proof: Proof | None, evidence: Evidence) -> dict[str, Any]:
    if proof is None:
        return {"anchored": False, "reason": evidence.unproven.value}
    shown = present_proof(proof) | {"digest": proof.digest, "batch": proof.batch_id}
    return shown | {"confirmations": network_of(int(proof.chain_id)).confirmations}


def _state(head: Certificate, history: History | None) -> dict[str, Any]:
    """``position``, ``entry`` and ``path`` are null while the state is on its way into the log; ``map_proof`` while the
    log has no checkpoint.
    """
    entry = history.inclusion if history else None
    return {
        "statement": head.sealed_state.statement,
        "seal": head.status_seal,
        "position": entry.position if entry else None,
        "entry": entry.entry.decode() if entry else None,
        "path": [step.hex() for step in entry.path] if entry else None,
        "map_proof": history.map_proof.to_json() if history else None,
    }
