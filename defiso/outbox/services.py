"""The outbox for the rest of the product: what waits in it, what was set aside, and putting that back.

What one tenant asks is answered from its own rows alone.
"""

from defiso.audit.models import Event
from defiso.audit.services import pending_shard
from defiso.outbox.errors import AlreadyDrainedError
from defiso.outbox.models import PREFIX, SetAside
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.pages import Counted, count_newest
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant

QUARANTINE = "QUARANTINE"
MOST_COUNTED = 1000
PAGE = 100


def quarantined_events(most: int = 100) -> list[Event]:
    """Events set aside after repeated failure, oldest first."""
    keys = [(Event, entry.PK, entry.SK) for entry in Event.GSI2.query(QUARANTINE, limit=most)]
    return [row for row in find_all(keys, consistent=True) if isinstance(row, Event) and row.GSI2PK == QUARANTINE]


def retry_quarantined() -> int:
    """Put all events that were set aside back into the outbox, page by page, once what they failed on is mended.

    Returns how many. What is set aside again meanwhile stays so.
    """
    return sum(_put_back(entry) for entry in Event.GSI2.query(QUARANTINE, page_size=PAGE))


def _put_back(entry: Event) -> bool:
    """False if the index named it though it was put back a moment ago."""
    actions = [Event.GSI2PK.set(pending_shard(entry.tenant_slug)), Event.attempts.remove()]
    already = AlreadyDrainedError(entry.id)
    try:
        with transaction() as writes:
            writes.update(entry, actions, given=Event.GSI2PK == QUARANTINE, otherwise=already)
            writes.delete(SetAside.of(entry), given=SetAside.PK.exists(), otherwise=already)
    except AlreadyDrainedError:
        return False
    return True


def count_pending_credentials(*, tenant: Tenant, handled_to: str) -> Counted:
    """The tenant's credentials that have not reached a batch: among its newest thousand events and those set aside.

    Events up to the id ``handled_to`` have left the outbox, or were set aside. One query, of the tenant's own rows.
    """
    waiting = Event.SK.between(f"EVENT#{handled_to}0", f"{PREFIX}~")
    return count_newest(
        Event,
        tenant_key(tenant.slug),
        range_condition=waiting,
        filter_condition=Event.credential.exists(),
        most=MOST_COUNTED,
    )


def count_set_aside(*, tenant: Tenant) -> int:
    """The tenant's events set aside after repeated failure, a thousand at most: an operator must look at them."""
    theirs = SetAside.SK.startswith(PREFIX)
    return count_newest(SetAside, tenant_key(tenant.slug), range_condition=theirs, most=MOST_COUNTED).number
