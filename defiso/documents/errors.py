"""Why a document cannot be had."""

from defiso.core.errors import DomainError, UnavailableError


class UnprintableError(DomainError):
    """``detail`` is what the drawing program says of the characters."""

    status = 422
    code = "unprintable"

    def __init__(self, detail: str) -> None:
        super().__init__("This certificate has characters that there is no typeface for here, so it is not printed.")
        self.detail = detail


class DocumentUnavailableError(UnavailableError):
    """Not just now: too many are being drawn, one takes too long, or it cannot be kept."""

    def __init__(self, why: str, *, retry_after: int) -> None:
        super().__init__(f"The document cannot be had just now: {why}", retry_after=retry_after)
