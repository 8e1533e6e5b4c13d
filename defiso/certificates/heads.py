"""Making the rows of a certificate: its head from a content, and a signed revision. Nothing is written here.

``services`` issues one with these, ``loading`` thirty-three in a transaction.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Required, TypedDict, Unpack
from urllib.parse import quote

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.models import CredentialReference, Event
from defiso.audit.services import make_event, record_events
from defiso.certificates.content import Content, credential_subject, to_json
from defiso.certificates.dictionaries import digest_of, internal_part
from defiso.certificates.models import Certificate, Revision, certificate_key, index_keys, revision_key
from defiso.certificates.standing import recorded
from defiso.certificates.states import Status
from defiso.certificates.surveillance import due_when_issued
from defiso.core.clock import iso
from defiso.core.errors import DomainError
from defiso.core.ids import new_id, new_id_after
from defiso.core.numbers import slug_of
from defiso.credentials.packing import pack
from defiso.credentials.services import claim_entry, sign_credential, sign_statement
from defiso.store.errors import DamagedRowError
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant
from defiso.tenants.services import origin_of


@dataclass(frozen=True)
class Issue:
    """A head and its signed revision, ready to be written together with the event that tells of them."""

    certificate: Certificate
    revision: Revision

    @property
    def reference(self) -> CredentialReference:
        head = self.certificate
        digest, confidential = self.revision.digest, bool(head.confidential)
        return CredentialReference(head.slug, int(head.revision), digest, confidential, number=head.number)

    @property
    def size(self) -> int:
        """Bytes of its three rows at most, for the 4 MB a transaction may have."""
        return len(self.revision.credential) + len(self.revision.internal or b"") + 8192


def make_head(*, tenant: Tenant, content: Content, status: Status, at: datetime) -> Certificate:
    """The first version of a head: its list columns and index keys follow from content and status."""
    slug = slug_of(content["number"])
    head = Certificate(
        tenant_key(tenant.slug),
        certificate_key(slug),
        generation=new_id(),
        status=status,
        since=iso(at),
        changed_at=iso(at),
        revision=content.get("revision", 0),
        version=1,
        **columns_of(content),
    )
    set_index_keys(head, tenant)
    return head


def columns_of(content: Content) -> dict[str, Any]:
    """What the head keeps of its content: columns for lists and rules, a draft all of it, an issued one its digest."""
    organisation, standard = content["organisation"], content["standard"]
    is_issued = "revision" in content
    return {
        "number": content["number"],
        "content": None if is_issued else to_json(content),
        "content_digest": digest_of(content) if is_issued else None,
        "organisation_name": organisation["legalName"],
        "country": organisation.get("country"),
        "client": content.get("client"),
        "identifiers": ", ".join(f"{one['scheme']} {one['value']}" for one in organisation.get("legalIds", [])) or None,
        "standard_code": standard["code"],
        "standard_title": standard["title"],
        "expires_on": content.get("expiryDate"),
        "confidential": content.get("confidential", False),
    }


def changed_head(head: Certificate, tenant: Tenant, *, at: datetime, **changes: Any) -> Certificate:
    """The next version of a head. A change of status sets ``since``, known from now on; the index keys follow."""
    values = {**head.attribute_values, **changes, "changed_at": iso(at)}
    if values["status"] != head.status:
        values |= {"since": iso(at), "status_from_register": None}
    fresh = Certificate(**{**values, "version": int(head.version) + 1})
    set_index_keys(fresh, tenant)
    return fresh


def set_index_keys(head: Certificate, tenant: Tenant) -> None:
    for name, key in index_keys(head, tenant.slug, browsable=tenant.is_browsable).items():
        setattr(head, name, key)


def make_issue(*, tenant: Tenant, head: Certificate, content: Content, was: Certificate | None = None) -> Issue:
    """Sign the content as the head's revision and seal the state of the head, which ``was`` a draft before.

    No store is touched but for the key, and for places in the status lists, a block at a time.
    """
    entry = claim_entry(tenant)
    signed = sign_credential(
        tenant=tenant,
        subject=credential_subject(content),
        credential_id=credential_id(tenant, head.slug, content["revision"]),
        name=f"{content['standard']['title']} certificate {content['number']}",
        valid_from=_start_of(content["effectiveDate"]),
        valid_until=_end_of(content["expiryDate"]),
        status=entry,
    )
    head.status_entry = entry.text
    head.surveillance_due = due_when_issued(content, was)
    head.credential_digest = signed.digest
    seal_state(head, tenant, was=was)
    revision = Revision(
        head.PK,
        revision_key(head.slug, content["revision"]),
        credential=pack(signed.text),
        digest=signed.digest,
        internal=internal_part(content),
    )
    return Issue(head, revision)


def credential_id(tenant: Tenant, slug: str, revision: int) -> str:
    """What the signed document of a revision calls itself."""
    return f"{origin_of(tenant)}/certificates/{quote(slug)}#revision-{revision}"


def seal_state(head: Certificate, tenant: Tenant, *, was: Certificate | None) -> None:
    """Sign the state this head is in now, which follows on the one it ``was`` in, if it was issued before.

    From here on the head must not change, and its event is the one that the state names. It sorts after that of the
    state before, so that events leave the outbox in the order of the states. Raises DamagedRowError.
    """
    before = was.sealed_state if was and was.is_issued else None
    head.state_event = _event_after(before.event) if before else new_id()
    head.previous_state = before.value if before else None
    head.status_seal = sign_statement(tenant=tenant, statement=head.sealed_state.statement)


def _event_after(earlier: str) -> str:
    try:
        return new_id_after(earlier)
    except ValueError as error:
        raise DamagedRowError("certificate", "event of its state") from error


class Change(TypedDict, total=False):
    """What an event tells of a change to ``head``, which ``was`` another; ``after`` names the status if it changed."""

    tenant: Required[Tenant]
    actor: Required[Actor]
    action: Required[Action]
    was: Certificate | None
    head: Required[Certificate]
    before: dict[str, Any] | None
    after: Required[dict[str, Any]]
    reason: str
    credential: CredentialReference | None


def record_change(writes: Writes, **change: Unpack[Change]) -> None:
    record_events(writes, [change_event(**change)])


def change_event(**change: Unpack[Change]) -> Event:
    """The event, yet to be recorded."""
    return make_event(
        tenant_slug=change["tenant"].slug,
        actor=change["actor"],
        action=change["action"],
        target_kind="CERT",
        target_id=change["head"].slug,
        before=change.get("before"),
        after=change["after"],
        reason=change.get("reason", ""),
        credential=change.get("credential"),
        status_entry=_places(change.get("was"), change["head"]),
        counted=recorded(change.get("was"), change["head"]),
        generation=change["head"].generation,
        state=change["head"].sealed_state if change["head"].is_issued else None,
    )


def _places(was: Certificate | None, head: Certificate) -> str | None:
    """Where the credential's bits are, and after a blank those of the revision that it takes the place of."""
    replaced = was.status_entry if was and was.status_entry != head.status_entry else None
    return f"{head.status_entry} {replaced}" if replaced else head.status_entry


def add_revision(writes: Writes, issue: Issue, *, otherwise: DomainError) -> None:
    writes.create(issue.revision, otherwise=otherwise)


def _start_of(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(0, 0, tzinfo=UTC))


def _end_of(day: str) -> datetime:
    """The last second of the day: a certificate is valid on its expiry date."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59, tzinfo=UTC))
