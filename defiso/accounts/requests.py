"""Requests in the staff area, as views see them once the middleware has run. For type checkers."""

from defiso.accounts.models import Session, User
from defiso.audit.actors import Actor
from defiso.tenants.requests import TenantRequest


class StaffRequest(TenantRequest):
    """Of somebody who is logged in: what every view gets that names a permission."""

    staff: User
    session_record: Session
    actor: Actor


class LogInRequest(TenantRequest):
    """Of somebody who may be logged in or not; ``actor`` is anonymous if not."""

    staff: User | None
    session_record: Session | None
    actor: Actor
