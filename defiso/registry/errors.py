"""What the registry's projections refuse."""

from defiso.core.errors import ChangedMeanwhileError, NotFoundError


class LookupChangedError(ChangedMeanwhileError):
    code = "lookup_changed"

    def __init__(self, event_id: str) -> None:
        super().__init__(f"The look-up of event {event_id} was changed by another worker.")


class OrganisationNotListedError(NotFoundError):
    """The same for a name that nobody certifies and one that is not shown: which, is nobody's business."""

    def __init__(self) -> None:
        super().__init__("No certificates are listed under this name. One may still be found by its exact number.")
