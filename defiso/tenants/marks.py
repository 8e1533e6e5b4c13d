"""Marks that a body has printed on its certificates: its own, and one that a licence lets it use."""

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.documents.marks import keep_mark
from defiso.tenants.errors import InvalidTenantError
from defiso.tenants.models import Tenant
from defiso.tenants.policy import change_tenant

LONGEST_LICENCE = 60


def set_own_mark(*, actor: Actor, slug: str, png: bytes | None) -> Tenant:
    """The body's own mark, None for none any more. Raises UnknownTenantError, InvalidMarkError, ChangedMeanwhileError.

    Certificates are printed with it from the next download on.
    """
    return _set(actor, slug, "logo", {"digest": keep_mark(png)} if png is not None else None)


def set_licensed_mark(*, actor: Actor, slug: str, png: bytes | None, licence: str) -> Tenant:
    """A mark of an accreditor's or of anybody else's, with the reference of the licence that lets the body print it.

    Raises what ``set_own_mark`` raises; InvalidTenantError without a licence.
    """
    licence = " ".join(licence.split())
    if png is not None and not 0 < len(licence) <= LONGEST_LICENCE:
        sentence = f"Name the licence that lets this body use the mark, in at most {LONGEST_LICENCE} characters."
        raise InvalidTenantError(sentence, {"licence": sentence})
    return _set(actor, slug, "mark", {"digest": keep_mark(png), "licence": licence} if png is not None else None)


def _set(actor: Actor, slug: str, name: str, mark: dict[str, str] | None) -> Tenant:
    return change_tenant(actor=actor, slug=slug, chosen={name: mark}, action=Action.TENANT_MARK_SET)
