"""A body's status lists, as the newest record of its certificates has them: proven, signed, kept for a few seconds."""

from functools import partial

from defiso.core.cache import TimedCache
from defiso.core.checkpoints import Checkpoint
from defiso.core.errors import NotFoundError
from defiso.core.state_map import values_of
from defiso.credentials.status_entries import PURPOSES, list_exists
from defiso.credentials.status_lists import StatusList, list_bits, sign_status_list
from defiso.tenants.models import Tenant
from defiso.transparency.map_rows import read_nodes
from defiso.verification.newest import read_newest

KEPT_SECONDS = 2  # here, and as long on the way: with the worker's second, a list has an act within five

_kept: TimedCache[StatusList] = TimedCache(size=256, seconds=KEPT_SECONDS)


class NoSuchListError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("This certification body has no such status list.")


def read_status_list(*, tenant: Tenant, purpose: str, number: int) -> StatusList:
    """The list as a signed credential, as it was at most KEPT_SECONDS ago.

    Raises NoSuchListError; RecordUnprovenError or BrokenLogError where it could not be proven what the list is;
    NoSigningKeyError, KeyUnavailableError.
    """
    if purpose not in PURPOSES:
        raise NoSuchListError
    key = f"{tenant.slug} {purpose} {number}"
    if kept := _kept.get(key):
        return kept
    bits = read_newest(tenant, partial(_bits_under, tenant, number))
    if not bits and not list_exists(tenant, number):
        raise NoSuchListError
    signed = sign_status_list(tenant=tenant, purpose=purpose, number=number, bits=bits)
    _kept.put(key, signed)
    return signed


def forget_status_lists() -> None:
    """Prove and sign every list afresh: for tests."""
    _kept.clear()


def _bits_under(tenant: Tenant, number: int, checkpoint: Checkpoint | None) -> dict[int, bytes]:
    if checkpoint is None:
        return {}
    read = partial(read_nodes, tenant.slug, consistent=True)
    return list_bits(tenant, number, partial(values_of, read, checkpoint.map_root))
