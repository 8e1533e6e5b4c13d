"""What a staff view asks of a person: one permission, named on the view itself and enforced for every view.

Only the names live here, below all domains. Which role has which permission, and the refusing, are ``accounts``'.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http.response import HttpResponseBase

from defiso.core.permissions import Permission

STAFF_AREA = "/staff/"

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def requires(permission: Permission) -> Callable[[V], V]:
    """Name the permission a staff view needs; ``accounts.middleware`` refuses whoever lacks it before the view runs."""

    def mark(view: V) -> V:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def open_to_anyone(view: V) -> V:
    """Say that a view in the staff area needs no log-in: only the log-in page itself does."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def is_staff_path(path: str) -> bool:
    return path.startswith(STAFF_AREA)


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """The permission a view names, None if it is open to anyone. Raises LookupError if it says neither."""
    try:
        permission: Permission | None = view.permission  # type: ignore[attr-defined]
    except AttributeError:
        raise LookupError(f"{view!r} names no permission") from None
    return permission
