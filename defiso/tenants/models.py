"""Tenants, the hosts that lead to them, what each holds for itself. Only rows to be found by host carry GSI1 keys."""

from enum import StrEnum

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from defiso.store.items import TenantsItem

METADATA = "METADATA"


class TenantStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Tenant(TenantsItem):
    """A certification body's space: ``PK TENANT#<slug>, SK METADATA, GSI1PK DOMAIN#<host>, GSI1SK TENANT#<slug>``.

    ``host`` has no port; ``accent`` is ``#rrggbb`` or None. ``print_name``, ``postal_address`` and
    ``paper_size`` (``a4`` or ``letter``) are for its printed certificates. Treat as read-only: instances are shared by
    the cache.
    """

    slug = UnicodeAttribute()
    name = UnicodeAttribute()
    host = UnicodeAttribute()
    status = UnicodeAttribute()
    suspended_reason = UnicodeAttribute(null=True)
    accent = UnicodeAttribute(null=True)
    introduction = UnicodeAttribute(null=True)
    website = UnicodeAttribute(null=True)
    contact_email = UnicodeAttribute(null=True)
    accreditation_body = UnicodeAttribute(null=True)
    accreditation_number = UnicodeAttribute(null=True)
    print_name = UnicodeAttribute(null=True)
    postal_address = UnicodeAttribute(null=True)
    paper_size = UnicodeAttribute(null=True)
    logo = JSONAttribute(null=True)  # {digest}: its own mark, a file of the documents' storage
    mark = JSONAttribute(null=True)  # {digest, licence}: one of somebody else's, which the licence lets it print
    browsable = BooleanAttribute(null=True)
    two_persons = JSONAttribute(null=True)  # verbs of the acts that one person proposes and another confirms
    created_at = UnicodeAttribute()

    @property
    def is_browsable(self) -> bool:
        """Whether its public certificates are in lists by organisation; if not, only an exact number finds one."""
        return self.browsable is not False

    @property
    def is_suspended(self) -> bool:
        return self.status == TenantStatus.SUSPENDED


class CustomDomain(TenantsItem):
    """A host of the tenant's own, ``SK DOMAIN#<host>``; leads to the tenant only once ``verified_at`` is set."""

    slug = UnicodeAttribute()
    host = UnicodeAttribute()
    verified_at = UnicodeAttribute(null=True)


class Claim(TenantsItem):
    """What one body holds so that no other looks like it: ``PK SLUG#<look>`` or ``NAME#<reading>``, ``SK METADATA``.

    ``slug`` is the holder's, ``held`` its slug or name as written.
    """

    slug = UnicodeAttribute()
    held = UnicodeAttribute()
