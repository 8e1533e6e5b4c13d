"""What a map cannot be made again from, each with a sentence for a person."""

from defiso.core.errors import ChangedMeanwhileError, UnavailableError


class MapNotRebuiltError(UnavailableError):
    """Nothing was written: what the log leads to is not what was signed."""

    code = "map_not_rebuilt"

    def __init__(self, slug: str, why: str) -> None:
        super().__init__(f"The map of {slug} was left as it is: {why}. See what audit_register finds.")


class MapMovesOnError(ChangedMeanwhileError):
    def __init__(self, slug: str) -> None:
        super().__init__(f"The log of {slug} goes on too fast for its map to be made again. Please try again later.")
