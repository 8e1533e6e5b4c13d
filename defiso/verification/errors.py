"""What checking refuses."""

from defiso.core.errors import NotFoundError, RefusedError, UnavailableError


class UnknownCertificateError(NotFoundError):
    """No such certificate, or none that may be shown: the answer is the same."""

    code = "unknown_certificate"


class RecordUnprovenError(UnavailableError):
    """What was asked for rests on the newest record, and which that is cannot be told now; the sentence says why."""

    code = "record_unproven"


class NotPrintedError(RefusedError):
    """Nothing is printed of what is not genuine; the sentence says what is wrong."""

    code = "not_printed"


class NotPrintedNowError(UnavailableError):
    """Printed is only what was checked."""

    code = "not_printed_now"

    def __init__(self) -> None:
        sentence = "It could not be checked just now, so it is not printed. That does not make the certificate invalid."
        super().__init__(sentence, retry_after=10)
