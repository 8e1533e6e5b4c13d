"""What the tenants domain refuses."""

from defiso.core.errors import DomainError, ForbiddenError, InvalidError, NotFoundError, RefusedError


class MalformedHostError(DomainError):
    """The Host header is missing, doubled or no host name (RFC 9112, 3.2: answer 400)."""

    code = "malformed_host"

    def __init__(self) -> None:
        super().__init__("The address of this request is not a host name we can read.")


class UnknownHostError(NotFoundError):
    code = "unknown_host"

    def __init__(self) -> None:
        super().__init__("No certification body has its registry at this address.")


class UnknownTenantError(NotFoundError):
    code = "unknown_tenant"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no tenant {slug}.")


class SlugInUseError(RefusedError):
    code = "slug_in_use"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The name {slug} is already taken by another tenant.")


class InvalidTenantError(InvalidError):
    code = "invalid_tenant"


class ReadsLikeAnotherError(InvalidTenantError):
    """A slug or name that people take for another body's. ``key`` is the claim that is held already."""

    code = "reads_like_another"

    def __init__(self, field: str, text: str, *, key: str, other: str = "") -> None:
        self.field, self.text, self.key = field, text, key
        another = f"{other}, the {field} of another body" if other else f"the {field} of another body"
        sentence = f"The {field} {text} reads like {another}. Choose one that nobody takes for it."
        super().__init__(sentence, {field: sentence})


class TenantSuspendedError(ForbiddenError):
    """The staff area of a suspended tenant; its certificates stay verifiable."""

    code = "tenant_suspended"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The staff area of this registry is suspended: {reason.rstrip('.')}.")
