"""What credentials refuse: documents that cannot be signed or read, and keys that cannot be used."""

from defiso.core.errors import InvalidError, NotFoundError, RefusedError, UnavailableError


class UnsignableError(InvalidError):
    """The content has a part our terms do not know, or a character that canonical forms disagree about."""

    code = "unsignable"


class MalformedCredentialError(InvalidError):
    """A stored document that is not a credential of ours, written as we write them."""

    code = "malformed_credential"


class UnknownContextError(MalformedCredentialError):
    """A JSON-LD context that is not among the pinned ones. Contexts are never fetched."""

    code = "unknown_context"

    def __init__(self, url: str) -> None:
        super().__init__(f"The document uses a vocabulary this registry does not know: {url[:100]}.")


class KeyUnavailableError(UnavailableError):
    """A private key that the configured MASTER_KEY does not open."""

    code = "key_unavailable"

    def __init__(self) -> None:
        super().__init__("The signing key of this certification body cannot be opened, so nothing can be signed now.")


class PlatformKeyMissingError(UnavailableError):
    """This process has only the public half of the platform's key, so it can endorse nothing."""

    code = "platform_key_missing"

    def __init__(self) -> None:
        super().__init__("PLATFORM_KEY is not set here, so no signing key can be made or retired.")


class NoSigningKeyError(UnavailableError):
    code = "no_signing_key"

    def __init__(self) -> None:
        super().__init__("This certification body has no signing key yet, so nothing can be signed.")


class SigningKeyExistsError(RefusedError):
    code = "signing_key_exists"

    def __init__(self) -> None:
        super().__init__("This signing key exists already.")


class UnknownKeyError(NotFoundError):
    code = "unknown_key"

    def __init__(self) -> None:
        super().__init__("This certification body has no such signing key.")


class KeyRetiredError(RefusedError):
    code = "key_retired"

    def __init__(self) -> None:
        super().__init__("This signing key is retired already.")
