"""The outbox for the rest of the product: what waits in it, what was set aside, and putting that back."""

from defiso.audit.models import Event
from defiso.audit.services import pending_shard
from defiso.outbox.errors import AlreadyDrainedError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant

QUARANTINE = "QUARANTINE"


def quarantined_events(most: int = 100) -> list[Event]:
    """Events set aside after repeated failure, oldest first."""
    return list(Event.GSI2.query(QUARANTINE, limit=most))


def retry_quarantined() -> int:
    """Put events that were set aside back into the outbox, once what they failed on is mended; returns how many."""
    events = quarantined_events()
    for event in events:
        actions = [Event.GSI2PK.set(pending_shard(event.tenant_slug)), Event.attempts.remove()]
        with transaction() as writes:
            writes.update(event, actions, given=Event.GSI2PK == QUARANTINE, otherwise=AlreadyDrainedError(event.id))
    return len(events)


def count_pending_credentials(*, tenant: Tenant) -> int:
    """The tenant's credentials that have not reached a batch: two queries."""
    theirs = (Event.tenant_slug == tenant.slug) & Event.credential.exists()
    return sum(Event.GSI2.count(key, filter_condition=theirs) for key in (pending_shard(tenant.slug), QUARANTINE))


def count_set_aside(*, tenant: Tenant) -> int:
    """The tenant's events that the worker has set aside after repeated failure: an operator must look at them."""
    return int(Event.GSI2.count(QUARANTINE, filter_condition=Event.tenant_slug == tenant.slug))
