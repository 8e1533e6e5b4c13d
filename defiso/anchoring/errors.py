"""What can go wrong with the chain and with batches, each with one sentence for a person."""

from defiso.core.errors import ChangedMeanwhileError, NotFoundError


class LeaseLostError(ChangedMeanwhileError):
    """Another worker took over; this one must not write."""

    code = "lease_lost"

    def __init__(self) -> None:
        super().__init__("Another worker holds the lease.")


class BatchChangedError(ChangedMeanwhileError):
    code = "batch_changed"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} was changed by another worker.")


class LookupChangedError(ChangedMeanwhileError):
    code = "lookup_changed"

    def __init__(self, event_id: str) -> None:
        super().__init__(f"The look-up of event {event_id} was changed by another worker.")


class CountersChangedError(ChangedMeanwhileError):
    code = "counters_changed"

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(f"The counters of {tenant_slug} were changed by another worker.")


class AlreadyDrainedError(ChangedMeanwhileError):
    code = "already_drained"

    def __init__(self, event_id: str) -> None:
        super().__init__(f"Event {event_id} has already been handled.")


class BatchNotFoundError(NotFoundError):
    code = "batch_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such batch, or it holds none of your certificates.")
