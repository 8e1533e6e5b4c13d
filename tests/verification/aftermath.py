"""The worker let loose on what somebody wrote, and whether its record is still the one true history."""

from defiso.anchoring.models import Collected
from defiso.chain.client import configured_chain
from defiso.core.checkpoints import Checkpoint
from defiso.core.notes import Note
from defiso.core.tree_log import Edge
from defiso.credentials.platform_notes import platform_origin
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from defiso.transparency.models import CHECKPOINT, ENTRIES, Entries
from defiso.worker.passes import run_pass
from tests.anchoring.kit import RULES
from tests.verification.adversary import Try
from tests.verification.world import Key, Row, Rows, World, put, read_rows

PASSES = 5
AUDIT = "defiso-audit-logs"
LEASE: Key = ("defiso-blockchain-transactions", f"LEASE#{LEASE_NAME}", "METADATA")


def let_the_worker_work(change: Try) -> list[str]:
    """Some passes, each of a worker that has just started; what they raise is wrong."""
    put(LEASE, None)
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    for _ in range(PASSES):
        try:
            run_pass(Hold(lease), configured_chain(), RULES)
        except Exception as error:
            return [f"the worker stops: {error!r}"]
    return []


def wrong_in_the_record(world: World) -> list[str]:
    """No checkpoint that leaves the true history, and no credential in a batch that was not issued."""
    rows = read_rows()
    wrong = [line for slug in (*world.tenants, "platform") for line in _forks(world, rows, slug)]
    issued = {
        row["digest"]["S"]
        for past in (*world.past, world.rows)
        for row in past.values()
        if "credential" in row and "digest" in row
    }
    for key in rows.keys() - world.rows.keys():
        if key[2].startswith("COLLECTED#"):
            leaves = Collected.from_raw_data(rows[key]).leaves
            wrong += [f"{leaf.number} was anchored" for leaf in leaves if leaf.digest not in issued]
    return wrong


def _forks(world: World, rows: Rows, slug: str) -> list[str]:
    """Checkpoints that were not there before, and do not go on from those that were."""
    true_leaves = _leaves(world.rows, slug, 0)
    later = _leaves(rows, slug, len(true_leaves))
    name = platform_origin() if slug == "platform" else f"{world.tenants[slug].host}/log"
    known = {_text(row) for past in (*world.past, world.rows) for row in _checkpoints(past, slug)}
    newest = max((checkpoint.generation for checkpoint in map(_read, known)), default=0)
    wrong = []
    for text in {_text(row) for row in _checkpoints(rows, slug)} - known - {""}:
        checkpoint = _read(text)
        if checkpoint.origin != name:
            continue  # another log's, put here
        root = Edge().extended((true_leaves + later)[: checkpoint.size]).root
        if root != checkpoint.root or checkpoint.generation <= newest:
            wrong.append(f"the log of {slug} forks: checkpoint {checkpoint.generation}, {checkpoint.size} entries")
    return wrong


def _checkpoints(rows: Rows, slug: str) -> list[Row]:
    return [row for key, row in rows.items() if key[:2] == (AUDIT, f"TENANT#{slug}") and key[2].startswith(CHECKPOINT)]


def _text(row: Row) -> str:
    """What its note says; empty for what is none."""
    try:
        return Checkpoint.from_text(Note.from_octets(row["note"]["S"].encode()).text).text
    except (KeyError, ValueError):
        return ""


def _read(text: str) -> Checkpoint:
    return Checkpoint.from_text(text)


def _leaves(rows: Rows, slug: str, start: int) -> list[bytes]:
    """Of the rows of entries that begin there or later."""
    keys = sorted(key for key in rows if key[:2] == (AUDIT, f"TENANT#{slug}") and key[2].startswith(ENTRIES))
    found = [Entries.from_raw_data(rows[key]) for key in keys]
    return [leaf for row in found if row.start >= start for _id, leaf in row.pairs]
