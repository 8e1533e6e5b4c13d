"""The two rows of a certificate: its head, which changes, and its revisions, which never do.

Keys are made here; what may change and how is in ``services``.
"""

from datetime import date

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from defiso.certificates.states import Status, status_of
from defiso.core import clock
from defiso.core.sealed_state import SealedState, digest_of_reason
from defiso.organisations.models import client_key, name_slug
from defiso.store.items import CertificatesItem, Octets, WholeNumber
from defiso.store.keys import tenant_key

NO_DATE = "none"  # sorts after every date
NEVER_LISTED = {Status.DRAFT, Status.UNDER_REVIEW, Status.REFUSED, Status.VOID}  # across tenants


class Certificate(CertificatesItem):
    """The head: ``PK TENANT#<slug>, SK CERT#<slug of number>``.

    ``generation`` is its own for life, whatever number it has: its events carry it, those of another certificate that
    had the number do not.

    ``content`` is a draft's dictionary as JSON. An issued head has none, since its revision's document says it, but
    ``content_digest``, its SHA-256. ``since`` is the moment of the last change of status, ``changed_at`` that of the
    last change; ``review_on`` and ``expires_on`` are ISO dates; ``revision`` is 0 while a draft; ``version`` grows with
    every change. ``client`` is the slug of the client picked for it, ``identifiers`` those printed on it, for lists.
    ``status_from_register``: the status is as a register recorded it, ``since`` when that was loaded; since when it has
    stood so, nobody here knows.
    """

    generation = UnicodeAttribute(attr_name="gen")
    number = UnicodeAttribute()
    status = UnicodeAttribute()
    since = UnicodeAttribute()
    changed_at = UnicodeAttribute(attr_name="at", null=True)
    status_from_register = BooleanAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    review_on = UnicodeAttribute(null=True)
    revision = WholeNumber()
    content = UnicodeAttribute(null=True)
    content_digest = Octets(null=True)
    organisation_name = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    client = UnicodeAttribute(null=True)
    identifiers = UnicodeAttribute(null=True)
    standard_code = UnicodeAttribute()
    standard_title = UnicodeAttribute()
    expires_on = UnicodeAttribute(null=True)
    surveillance_due = UnicodeAttribute(null=True)  # by when it is next audited; no part of what is sealed
    confidential = BooleanAttribute(default=False)
    draft_key = UnicodeAttribute(null=True)  # the form a draft was typed into
    formerly = JSONAttribute(null=True)  # slugs of the numbers it had as a draft
    identity = UnicodeAttribute(null=True)  # the global database's own number, of loaded certificates
    version = WholeNumber()
    has_recorded_audits = BooleanAttribute(attr_name="audited", null=True)  # beside what its revisions say
    status_entry = UnicodeAttribute(null=True)  # its place in the status lists: "1#94567"
    credential_digest = UnicodeAttribute(null=True)
    state_event = UnicodeAttribute(null=True)  # the id of the event that brought the state it is in
    previous_state = Octets(null=True)  # the value of the state before
    status_seal = UnicodeAttribute(null=True)

    @property
    def slug(self) -> str:
        return str(self.SK).removeprefix(certificate_key(""))

    @property
    def sealed_state(self) -> SealedState:
        """All that the public page or a decision rests on, as this row says it."""
        return SealedState(
            tenant=self.PK.removeprefix(tenant_key("")),
            number=self.slug,
            event=self.state_event or "",
            generation=self.generation,
            version=int(self.version),
            revision=int(self.revision),
            status=str(self.status),
            since=self.since,
            at=self.changed_at or "",
            from_register=bool(self.status_from_register),
            expires=self.expires_on or "",
            review=self.review_on or "",
            digest=self.credential_digest or "",
            confidential=bool(self.confidential),
            reason=digest_of_reason(self.reason),
            previous=bytes(self.previous_state or b"").hex(),
        )

    @property
    def is_issued(self) -> bool:
        return int(self.revision) > 0

    @property
    def status_today(self) -> Status:
        return status_of(self.status, self.expires_on, clock.today())


class Revision(CertificatesItem):
    """One issued document: ``PK TENANT#<slug>, SK REV#<slug of number>#0001``. Immutable.

    ``credential`` is the signed JSON as served, packed (``credentials.packing``); ``digest`` the hex SHA-256 of its
    canonical form, the Merkle leaf; ``internal`` what the content says beyond the document, deflated JSON.
    """

    credential = Octets()
    digest = UnicodeAttribute()
    internal = Octets(null=True)


def certificate_key(slug: str) -> str:
    return f"CERT#{slug}"


def revision_key(slug: str, revision: int) -> str:
    return f"REV#{slug}#{revision:04d}"


def status_partition(tenant_slug: str, status: str) -> str:
    return f"TENANT#{tenant_slug}#STATUS#{status}"


def expiry_sort(expires_on: str | date | None, slug: str = "") -> str:
    """The sort key of GSI3; without a slug, the start of that day."""
    return f"EXPIRY#{expires_on or NO_DATE}#{slug}"


def index_keys(certificate: Certificate, tenant_slug: str, *, browsable: bool) -> dict[str, str | None]:
    """The keys of the three indexes. GSI1 and GSI2 run across tenants, so they hold what anybody may come across.

    Whose body shows certificates by their exact number only is not ``browsable``, and in neither.
    """
    key = certificate_key(certificate.slug)
    is_public = browsable and certificate.status not in NEVER_LISTED and not certificate.confidential
    organisation = name_slug(certificate.organisation_name) if is_public else ""
    return {
        "GSI1PK": client_key(organisation) if organisation else None,
        "GSI1SK": key if organisation else None,
        "GSI2PK": f"STANDARD#{certificate.standard_code}" if is_public else None,
        "GSI2SK": key if is_public else None,
        "GSI3PK": status_partition(tenant_slug, certificate.status),
        "GSI3SK": expiry_sort(certificate.expires_on, certificate.slug),
    }
