"""Why a document cannot be had."""

from defiso.core.errors import DomainError, InvalidError, UnavailableError


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


class InvalidMarkError(InvalidError):
    code = "invalid_mark"


class MarkMissingError(UnavailableError):
    """A certificate is not printed without the mark that it should have."""

    code = "mark_missing"

    def __init__(self) -> None:
        super().__init__("A mark of this body is missing or damaged, so its certificates are not printed.")
