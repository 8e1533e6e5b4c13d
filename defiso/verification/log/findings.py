"""What each step of a check of a log finds, in one sentence, with the hashes that it rests on."""

from typing import NamedTuple

from defiso.anchoring.checkpoints import find_checkpoint_proof
from defiso.anchoring.models import Proof
from defiso.anchoring.services import check_anchor, unproven
from defiso.core.checks import Result
from defiso.core.dates import write_minute
from defiso.core.tree_log import leaf_hash
from defiso.transparency.entries import event_digest_in
from defiso.verification.log.kept import kept_page, newest_anchored
from defiso.verification.log.proofs import Consistency, Inclusion, prove_consistency
from defiso.verification.log.signed import Log, Signed

PENDING = "pending"


class Finding(NamedTuple):
    """``result`` is a Result or PENDING; ``hashes`` have a name each."""

    result: str
    reason: str
    hashes: tuple[tuple[str, str], ...] = ()


def find_signatures(log: Log, signed: Signed) -> Finding:
    """They were judged when the checkpoint was read; this says whose they are."""
    checkpoint = signed.checkpoint
    by = f"{log.owner} and the platform" if log.tenant else "The platform"
    reason = f"{by} signed it, with {_entries(checkpoint.size)}, on {write_minute(signed.at)}."
    hashes = {"Root of the log": checkpoint.root, "Root of the map": checkpoint.map_root, "Digest": checkpoint.digest}
    return Finding(Result.PASS, reason, tuple((name, octets.hex()) for name, octets in hashes.items()))


def find_entry(proof: Inclusion, event_digest: str) -> Finding:
    logged = event_digest_in(proof.entry)
    hashes = (("Digest of the event", logged), ("Hash of the entry", leaf_hash(proof.entry).hex()))
    if event_digest and event_digest != logged:
        reason = "The event that you came from is not the one that was logged here, or it was changed since."
        return Finding(Result.FAIL, reason, (*hashes, ("Digest of your event", event_digest)))
    same = " It is the event that you came from." if event_digest else ""
    return Finding(Result.PASS, f"What is kept of the event today is what was logged.{same}", hashes)


def find_place(proof: Inclusion) -> Finding:
    hashes = _numbered(proof.path)
    if not proof.holds:
        return Finding(Result.FAIL, "The entry does not lead to the root that was signed.", hashes)
    way = f"{_counted(len(hashes), 'hash leads', 'hashes lead')} from it" if hashes else "It leads"
    return Finding(Result.PASS, f"{way}, as entry {proof.position}, to the root that was signed.", hashes)


def find_same_history(proof: Consistency) -> Finding:
    hashes = _numbered(proof.path)
    if not proof.holds:
        reason = "The newer checkpoint does not go on from the older: entries were changed, dropped or put in between."
        return Finding(Result.FAIL, reason, hashes)
    entries = _entries(proof.older.checkpoint.size)
    reason = f"The newer begins with the {entries} of the older, in their order: none was changed, dropped or moved."
    return Finding(Result.PASS, reason, hashes)


def find_anchored_history(log: Log, newest: Signed, position: int) -> Finding:
    """Whether the checkpoint that was anchored last is a beginning of the newest one, and has the entry."""
    kept = newest_anchored(kept_page(log))
    if kept is None or kept.signed is None:
        return Finding(PENDING, "No checkpoint of this log is on the blockchain yet; the next batch takes one along.")
    anchored = kept.signed
    if anchored.checkpoint.generation > newest.checkpoint.generation:
        reason = "An older checkpoint stands in the place of the newest: a later one is on the blockchain."
        return Finding(Result.FAIL, reason)
    same = find_same_history(prove_consistency(log, anchored, newest))
    if same.result == Result.FAIL:
        return same._replace(reason="What is on the blockchain is another history than that of the newest checkpoint.")
    chain = find_on_chain(log, anchored)
    if chain.result != Result.PASS:
        return chain
    size = anchored.checkpoint.size
    if position >= size:
        reason = f"It came after the last checkpoint on the blockchain, of {_entries(size)}; the next one will have it."
        return Finding(PENDING, reason, chain.hashes)
    reason = f"{chain.reason} That checkpoint of {_entries(size)} has it, and the newest goes on from there."
    return Finding(Result.PASS, reason, (*same.hashes, *chain.hashes))


def find_on_chain(log: Log, signed: Signed) -> Finding:
    """From the digest of a checkpoint to a transaction, and whether the chain has it."""
    if not signed.batch_id:
        return Finding(PENDING, "It is in no batch yet; the next one takes the newest checkpoint along.")
    checkpoint = signed.checkpoint
    proof = find_checkpoint_proof(slug=log.slug, checkpoint=checkpoint, batch_id=signed.batch_id)
    if not isinstance(proof, Proof):
        check = unproven(proof)
        return Finding(PENDING if check.is_pending else check.result, check.reason)
    check = check_anchor(proof, checkpoint.digest)
    path = [(f"Sibling {number}, {side}", sibling) for number, (side, sibling) in enumerate(_sides(proof), 1)]
    ends = (("Root of the batch", proof.root), ("Transaction", proof.tx_hash))
    hashes = (("Digest of the checkpoint", checkpoint.digest.hex()), *path, *ends)
    reason = check.reason
    if check.result is Result.FAIL:
        reason = "The checkpoint does not lead to what this registry’s account wrote to the blockchain."
    return Finding(PENDING if check.is_pending else check.result, reason, hashes)


def _sides(proof: Proof) -> list[tuple[str, str]]:
    return [(side, sibling) for step in proof.path for side, sibling in step.items()]


def _numbered(path: list[bytes]) -> tuple[tuple[str, str], ...]:
    return tuple((f"Hash {number}", octets.hex()) for number, octets in enumerate(path, 1))


def _entries(number: int) -> str:
    return _counted(number, "entry", "entries")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
