"""The store's own trouble: nothing that an event, a form or a person did. Who works through rows backs off on these.

A refusal of one request (a failed condition, a row too large) is none of these and keeps PynamoDB's exception.
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
)

from defiso.core.errors import DomainError, UnavailableError

# What DynamoDB says about one request; sending it again would not change the answer.
REFUSALS = {
    "413",  # the embedded engine's word for RequestEntityTooLarge
    "ConditionalCheckFailedException",
    "IdempotentParameterMismatchException",
    "ItemCollectionSizeLimitExceededException",
    "RequestEntityTooLarge",
    "ResourceNotFoundException",
    "SerializationException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "ValidationException",
}
# Of these, the ones about what the request holds; the others are about its table, its condition or its moment.
REFUSALS_OF_CONTENT = {
    "413",
    "ItemCollectionSizeLimitExceeded",  # so called, as the next, as a reason of a cancelled transaction
    "ItemCollectionSizeLimitExceededException",
    "RequestEntityTooLarge",
    "SerializationException",
    "ValidationError",
    "ValidationException",
}
# The same request is still being worked on: not final, and no trouble of the store's either.
UNDER_WAY = {"TransactionInProgressException"}
# The codes that mean too much at once; botocore retries the same ones (botocore.retries.standard).
THROTTLED = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingError",  # so called as a reason of a cancelled transaction
    "ThrottlingException",
    "TooManyRequestsException",
}
# DynamoDB Developer Guide, "Error handling with DynamoDB": HTTP 400 and 403 about who asks.
DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


class DamagedRowError(DomainError):
    """A stored row with an attribute that is missing or unreadable: somebody wrote past the product."""

    status = 409
    code = "damaged_record"

    def __init__(self, kind: str, attribute: str) -> None:
        super().__init__(
            f"What is stored here is damaged: the {attribute} of a {kind} cannot be read. Nothing was changed."
        )


class StoreTroubleError(UnavailableError):
    """DynamoDB could not be asked or could not answer; ``retry_after`` is in seconds."""

    sentence_for_people = "The registry's database cannot do this just now. Please try again in a moment."
    seconds = 30

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence_for_people, retry_after=self.seconds)


class DatabaseUnavailableError(StoreTroubleError):
    """DynamoDB did not answer in time."""

    sentence_for_people = "The registry's database does not answer just now. Please try again in a moment."
    seconds = 5


class StoreBusyError(StoreTroubleError):
    """DynamoDB asks for fewer requests, or others kept changing the same rows."""

    sentence_for_people = "The registry is very busy just now. Please try again in a moment."
    seconds = 5


class StoreDeniedError(StoreTroubleError):
    """This process has no credentials, or they do not allow this."""

    sentence_for_people = "The registry may not use its database just now; its operator has to see to that."
    seconds = 60


def trouble_of(error: ClientError | BotoCoreError) -> StoreTroubleError | None:
    """What a failure of botocore's means for everybody else; None if it is a refusal of that one request."""
    if isinstance(error, ClientError):
        code = code_of(error)
        if code in REFUSALS | UNDER_WAY:
            return None
        if code in THROTTLED:
            return StoreBusyError()
        return StoreDeniedError() if code in DENIED else StoreTroubleError()
    if isinstance(error, (CredentialRetrievalError, NoCredentialsError, PartialCredentialsError)):
        return StoreDeniedError()
    return DatabaseUnavailableError()


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def refuses_content(error: ClientError) -> bool:
    """Whether DynamoDB will never take these rows, for what they hold, such as one of over 400 KB."""
    codes = {code_of(error), *(reason.code for reason in getattr(error, "cancellation_reasons", []) if reason)}
    return not codes.isdisjoint(REFUSALS_OF_CONTENT)
