"""What can be wrong with a log or a map, each with a sentence for a person."""

from defiso.core.errors import ChangedMeanwhileError, UnavailableError


class LogMovedError(ChangedMeanwhileError):
    """Another worker has appended or recorded meanwhile."""

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(f"The log of {tenant_slug} has gone on meanwhile.")


class BrokenLogError(UnavailableError):
    """Rows of a log or its map are missing, or are not what was signed. Nothing is signed over that."""

    code = "broken_log"

    def __init__(self, tenant_slug: str, what: str) -> None:
        super().__init__(f"The log of {tenant_slug} has been changed: {what}.")
        self.tenant_slug = tenant_slug
        self.what = what
