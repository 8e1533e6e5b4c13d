"""Certificates for the rest of the product: one head, how it stands on a day, and what happened to it.

The acts are in ``acts``, one file each; lists are in ``lists``; bulk issue is in ``imports``.
"""

from defiso.audit.models import Event
from defiso.audit.services import events_of
from defiso.certificates.errors import CertificateNotFoundError
from defiso.certificates.models import Certificate, certificate_key
from defiso.core.numbers import slug_asked
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant

__all__ = ["get_certificate", "history_of"]


def get_certificate(*, tenant: Tenant, number: str, consistent: bool = False) -> Certificate:
    """The head of this number, however it is written. Raises CertificateNotFoundError."""
    slug = slug_asked(number)
    head = Certificate.find(tenant_key(tenant.slug), certificate_key(slug), consistent=consistent) if slug else None
    if head is None:
        raise CertificateNotFoundError(number)
    return head


def history_of(*, tenant: Tenant, certificate: Certificate) -> list[Event]:
    """What happened to it, oldest first: one query, and one more for each number it had before as a draft."""
    events = [
        event
        for slug in dict.fromkeys([*(certificate.formerly or []), certificate.slug])
        for event in events_of(
            tenant_slug=tenant.slug, target_kind="CERT", target_id=slug, generation=certificate.generation
        )
    ]
    return sorted(events, key=lambda event: event.id)
