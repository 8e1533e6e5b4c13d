"""A full check of the register from its rows alone: logs, maps, heads, batches and their anchors.

Each part is a generator of findings, which gives way (``Progress``) after a piece of work that takes milliseconds. It
may run while others write: what came in meanwhile is no finding.
"""

from collections.abc import Mapping

from defiso.audit.services import PLATFORM
from defiso.auditing.anchors import AnchorsOf
from defiso.auditing.batches import BatchCheck, Committed
from defiso.auditing.bodies import all_bodies
from defiso.auditing.checkpoints import CheckpointsOf
from defiso.auditing.findings import Finding, Kind, Progress, Steps
from defiso.auditing.heads import check_heads
from defiso.auditing.logs import LogCheck
from defiso.auditing.maps import Others, check_map
from defiso.auditing.scratch import Known, Scratch
from defiso.auditing.status_lists import check_status_lists, stretches_in_map
from defiso.auditing.strays import stray_events
from defiso.chain.client import Chain
from defiso.store.errors import DamagedRowError
from defiso.tenants.errors import UnknownTenantError
from defiso.tenants.services import get_tenant
from defiso.transparency.entries import checkpoint_key

__all__ = ["Finding", "Kind", "Progress", "Steps", "audit_all", "audit_batches", "audit_log"]


def audit_all(chain: Chain, slug: str = "") -> Steps:
    """Everything, or all that concerns one body: its log, the platform's, and the batches."""
    committed: dict[str, Committed] = {}
    yield from audit_batches(chain, committed)
    for one in [slug] if slug else all_bodies():
        yield from audit_log(one, committed)
    if slug != PLATFORM:
        yield from audit_log(PLATFORM, committed)


def audit_batches(chain: Chain, committed: dict[str, Committed]) -> Steps:
    """The batches and their anchors; puts what they commit to into ``committed``."""
    check = BatchCheck(AnchorsOf(chain), committed)
    try:
        yield from check.steps()
    except (DamagedRowError, ValueError) as error:
        yield _damaged("", "the batches", error)


def audit_log(slug: str, committed: Mapping[str, Committed]) -> Steps:
    """One log with its map and, if it is a body's, its certificates."""
    scratch = Scratch()
    try:
        yield from _log(slug, scratch, committed)
    except DamagedRowError as error:
        yield _damaged(slug, "the log", error)
    finally:
        scratch.close()


def _log(slug: str, scratch: Scratch, committed: Mapping[str, Committed]) -> Steps:
    log = LogCheck(slug, scratch)
    yield from log.steps()
    yield from stray_events(slug, scratch, walked=log.size)
    for _key in scratch.settle():
        yield Progress()
    newest, anchored = log.newest, committed.get(slug)
    if newest and anchored and newest.generation < anchored.generation:
        sentence = f"The newest checkpoint is {newest.generation}; batch {anchored.batch_id} has {anchored.generation}."
        yield Finding(Kind.CHECKPOINT, slug, str(newest.generation), sentence)
    if anchored and not newest:
        sentence = f"There is no newest checkpoint that counts; batch {anchored.batch_id} has {anchored.generation}."
        yield Finding(Kind.CHECKPOINT, slug, str(anchored.generation), sentence)
    if newest:
        others = _checkpoints_in_map(scratch, committed) if slug == PLATFORM else stretches_in_map(slug, scratch)
        yield from check_map(slug, scratch, newest, others)
        yield from check_status_lists(slug, scratch, newest)
    if slug != PLATFORM:
        try:
            tenant = get_tenant(slug)
        except UnknownTenantError:
            yield Finding(Kind.DAMAGED, slug, slug, f"The body {slug} is gone, and its log is there.")
        else:
            yield from check_heads(tenant, scratch, signed=newest.size if newest else 0)


def _checkpoints_in_map(scratch: Scratch, committed: Mapping[str, Committed]) -> Others:
    """The platform's map has of every body the checkpoint in the newest batch, or one that is on its way into one."""
    others: dict[bytes, set[bytes]] = {}
    for slug in {*committed, *all_bodies()} - {PLATFORM}:
        key, known = checkpoint_key(slug), committed.get(slug)
        if known:
            scratch.set_newest(Known(key, known.digest, None, f"the checkpoint of {slug}"))
        later = CheckpointsOf(slug).kept_from(known.generation if known else 0)
        others[key] = {signed.digest for signed in later}
    return others


def _damaged(tenant: str, what: str, error: Exception) -> Finding:
    return Finding(Kind.DAMAGED, tenant, what, f"A row of {what} cannot be read, and so not all was checked: {error}")
