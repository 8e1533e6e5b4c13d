"""Why a worker's write is refused: the lease has passed on, or the event was handled already."""

from defiso.core.errors import ChangedMeanwhileError


class LeaseLostError(ChangedMeanwhileError):
    """Another worker took over; this one must not write."""

    code = "lease_lost"

    def __init__(self) -> None:
        super().__init__("Another worker holds the lease.")


class AlreadyDrainedError(ChangedMeanwhileError):
    code = "already_drained"

    def __init__(self, event_id: str) -> None:
        super().__init__(f"Event {event_id} has already been handled.")
