"""What checking refuses."""

from defiso.core.errors import NotFoundError


class UnknownCertificateError(NotFoundError):
    """No such certificate, or none that may be shown: the answer is the same."""

    code = "unknown_certificate"
