"""Refusals: what the product says no to, with an HTTP status and one sentence for the person.

Anything that is not a DomainError is a bug and stays a 500.
"""

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal. ``status`` is the HTTP status, ``code`` its word in JSON, ``sentence`` what a person reads."""

    status = 400
    code = "bad_request"
    retry_after: int | None = None  # seconds after which the same may succeed, where that is known

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        """``fields`` maps the names of what was sent to the sentence that belongs beside each."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})


class NotFoundError(DomainError):
    status = 404
    code = "not_found"


class ForbiddenError(DomainError):
    status = 403
    code = "forbidden"


class RefusedError(DomainError):
    status = 409
    code = "refused"


class ChangedMeanwhileError(DomainError):
    status = 409
    code = "changed_meanwhile"


class InvalidError(DomainError):
    """Bad input."""

    status = 422
    code = "invalid"


class TooManyError(DomainError):
    """Too many attempts."""

    status = 429
    code = "too_many"

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class UnavailableError(DomainError):
    """Something this needs is out of order, through no fault of the person's."""

    status = 503
    code = "unavailable"

    def __init__(self, sentence: str, *, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
