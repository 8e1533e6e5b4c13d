"""Which status sets which bit of the status lists: a projection that may be repeated without harm."""

from collections.abc import Sequence

from defiso.audit.actions import Action
from defiso.audit.models import Event
from defiso.certificates.states import FINAL, Status
from defiso.credentials.services import Bits, StatusEntry, set_bits
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.store.transactions import transaction

FIRST = (Action.CERTIFICATE_ISSUED, Action.CERTIFICATE_IMPORTED)


class StatusBits(Projection[Bits]):
    """What is final is revoked, for good; what is suspended is suspended. An expired certificate says so itself."""

    def read(self, event: Event) -> Bits | None:
        status = (event.after or {}).get("status")
        if not event.action.startswith("certificate.") or not event.status_entry or status is None:
            return None
        bits = Bits(event.tenant_slug, StatusEntry.read(event.status_entry), bits_of(Status(status)))
        is_as_begun = event.action in FIRST and not any(bits.values)
        return None if is_as_begun else bits

    def publish(self, hold: Hold, additions: Sequence[Bits]) -> None:
        if not additions:
            return
        with transaction() as writes:
            hold.guard(writes)
            set_bits(writes, additions)


def bits_of(status: Status) -> tuple[bool, bool]:
    """Revoked, suspended: in the order of the purposes of the lists."""
    return status in FINAL, status is Status.SUSPENDED
