"""What every template knows of access: ``tenant``, ``staff`` and ``permissions`` (names, such as "PREPARE")."""

from typing import Any

from django.http import HttpRequest


def access(request: HttpRequest) -> dict[str, Any]:
    """Also for pages drawn before the middleware has run, such as that of an unknown host."""
    staff = getattr(request, "staff", None)
    permissions = {permission.value for permission in staff.permissions} if staff else set()
    return {"tenant": getattr(request, "tenant", None), "staff": staff, "permissions": permissions}
