"""What checking refuses."""

from defiso.core.errors import NotFoundError, UnavailableError


class UnknownCertificateError(NotFoundError):
    """No such certificate, or none that may be shown: the answer is the same."""

    code = "unknown_certificate"


class RecordUnprovenError(UnavailableError):
    """What was asked for rests on the newest record, and which that is cannot be told now; the sentence says why."""

    code = "record_unproven"
