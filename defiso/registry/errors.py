"""What the registry's projections refuse."""

from defiso.core.errors import ChangedMeanwhileError


class LookupChangedError(ChangedMeanwhileError):
    code = "lookup_changed"

    def __init__(self, event_id: str) -> None:
        super().__init__(f"The look-up of event {event_id} was changed by another worker.")
