"""What can be wrong with a log or a map, each with a sentence for a person."""

from defiso.core.errors import ChangedMeanwhileError, UnavailableError


class LogMovedError(ChangedMeanwhileError):
    """Another worker has appended or recorded meanwhile."""

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(f"The log of {tenant_slug} has gone on meanwhile.")


class StandingLogError(UnavailableError):
    """A log that cannot go on; the others do."""

    code = "standing_log"

    def __init__(self, tenant_slug: str, sentence: str) -> None:
        super().__init__(sentence)
        self.tenant_slug = tenant_slug


class UnsignedLogError(StandingLogError):
    """Its body has no key that signs."""

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(tenant_slug, f"There is no key to sign the log of {tenant_slug} with.")


class BrokenLogError(StandingLogError):
    """Rows of a log or its map are missing, or are not what was signed. Nothing is signed over that."""

    code = "broken_log"

    def __init__(self, tenant_slug: str, what: str) -> None:
        super().__init__(tenant_slug, f"The log of {tenant_slug} has been changed: {what}.")
