"""What the accounts domain refuses. A wrong password is not here: the log-in form just says no."""

from defiso.core.errors import ForbiddenError, InvalidError, NotFoundError, RefusedError, TooManyError


class InvalidUserError(InvalidError):
    code = "invalid_user"


class EmailInUseError(RefusedError):
    code = "email_in_use"

    def __init__(self) -> None:
        super().__init__("This e-mail address already has an account here.")


class UnknownUserError(NotFoundError):
    code = "unknown_user"

    def __init__(self) -> None:
        super().__init__("There is no such account here.")


class UnknownSessionError(NotFoundError):
    code = "unknown_session"

    def __init__(self) -> None:
        super().__init__("This session has already ended.")


class OwnAccountError(RefusedError):
    code = "own_account"

    def __init__(self) -> None:
        super().__init__("You cannot do this to your own account. Ask another owner.")


class LastOwnerError(RefusedError):
    code = "last_owner"

    def __init__(self) -> None:
        super().__init__("This is the only owner. Make somebody else an owner first.")


class NoOwnerError(ForbiddenError):
    """Whoever asked was an owner when the page was opened, and is none now."""

    code = "no_owner"

    def __init__(self) -> None:
        super().__init__("Only an owner may do this, and you are none any more.")


class LockedOutError(TooManyError):
    """Too many failures for an account or from an address; says the same whether or not the account exists."""

    code = "locked_out"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("There were too many failed log-ins.", retry_after=retry_after)
