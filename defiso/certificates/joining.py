"""Each certificate joins its client, or makes it: a projection of heads, so that a client's page needs one query.

The client is the one that was picked for the certificate, else the one of its organisation's name and country. What is
written follows from the head as it is; doing it again changes nothing. ``manage.py rebuild_clients`` does it for all.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from defiso.audit.models import Event
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate, certificate_key
from defiso.core.errors import DomainError
from defiso.core.ids import new_id
from defiso.core.numbers import slug_of
from defiso.organisations.errors import ClientChangedError, ClientExistsError
from defiso.organisations.members import Member, make_member, member_key, write_members
from defiso.organisations.models import Client, name_slug
from defiso.organisations.places import Places
from defiso.organisations.services import add_client, require_client
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.store.errors import DamagedRowError
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import MOST_PARTS, transaction

AT_ONCE = 45  # each is two reads of a BatchGetItem's hundred
ATTEMPTS = 4
MOST_OF_ONE = 20  # parts: a member, its client's row or a check that it is there, the words of a new one
PAGE = 45
COLUMNS = (
    *("generation", "version", "revision", "number", "status", "review_on", "organisation_name", "country"),
    *("standard_code", "standard_title", "expires_on", "surveillance_due", "confidential"),
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Joined:
    """A certificate that an event told of."""

    tenant_slug: str
    number_slug: str
    event_id: str


class Joining(Projection[list[Joined]]):
    def read(self, event: Event) -> list[Joined] | None:
        """The certificate, and what a draft was called until this event gave it another number."""
        if not event.action.startswith("certificate."):
            return None
        former = slug_of(str((event.before or {}).get("number", "")))
        slugs = dict.fromkeys([event.target_id, former or event.target_id])
        return [Joined(event.tenant_slug, slug, event.id) for slug in slugs]

    def publish(self, hold: Hold, additions: Sequence[list[Joined]]) -> None:
        newest = {(joined.tenant_slug, joined.number_slug): joined for some in additions for joined in some}
        for slug in sorted({joined.tenant_slug for joined in newest.values()}):
            of_tenant = [joined for joined in newest.values() if joined.tenant_slug == slug]
            for start in range(0, len(of_tenant), AT_ONCE):
                join(slug, of_tenant[start : start + AT_ONCE], hold=hold)


def rebuild_members(tenant_slug: str) -> Iterator[int]:
    """Bring the rows of all of a tenant's certificates in line, page by page; how many were looked at so far."""
    heads = Certificate.query(
        tenant_key(tenant_slug),
        Certificate.SK.startswith(certificate_key("")),
        attributes_to_get=["PK", "SK"],
        consistent_read=True,
        page_size=1000,
    )
    done = 0
    waiting: list[Joined] = []
    for head in heads:
        waiting.append(Joined(tenant_slug, head.slug, new_id()))
        if len(waiting) == AT_ONCE:
            join(tenant_slug, waiting)
            done, waiting = done + len(waiting), []
            yield done
    if waiting:
        join(tenant_slug, waiting)
    yield done + len(waiting)


def join(tenant_slug: str, joined: Sequence[Joined], *, hold: Hold | None = None) -> None:
    """Write the members of these certificates, ``AT_ONCE`` at most, and the clients that are not there yet.

    One whose rows somebody damaged is passed over with a line in the log: a list is no reason to hold up an anchor.
    """
    try:
        _join(tenant_slug, joined, hold)
    except (ClientChangedError, ClientExistsError, DamagedRowError) as error:
        if len(joined) > 1:
            for one in joined:
                join(tenant_slug, [one], hold=hold)
        else:
            log.error("certificate %s has not joined its client: %s", joined[0].number_slug, error.sentence)


def _join(tenant_slug: str, joined: Sequence[Joined], hold: Hold | None) -> None:
    for attempt in range(ATTEMPTS):
        try:
            for batch in _batches(_wanted(tenant_slug, joined)):
                _write(batch, hold)
            return
        except ClientChangedError:  # merged or made by somebody else meanwhile
            if attempt == ATTEMPTS - 1:
                raise


@dataclass
class _Wanted:
    """A member to be written, with its client if that has to be made first; a ``dropped`` one to be taken away."""

    member: Member | None = None
    new_client: Client | None = None
    dropped: list[Member] = field(default_factory=list)


def _wanted(tenant_slug: str, joined: Sequence[Joined]) -> Iterator[_Wanted]:
    pk = tenant_key(tenant_slug)
    keys = [(Certificate, pk, certificate_key(one.number_slug)) for one in joined]
    rows = find_all([*keys, *((Member, pk, member_key(one.number_slug)) for one in joined)], consistent=True)
    heads, members = rows[: len(joined)], rows[len(joined) :]
    places = Places(tenant_slug)
    unplaced = [
        head
        for head, member in zip(heads, members, strict=True)
        if isinstance(head, Certificate) and not _stays(head, member) and name_slug(head.organisation_name)
    ]
    places.look_at((head.organisation_name, head.country, head.client) for head in unplaced)
    for one, head, member in zip(joined, heads, members, strict=True):
        old = member if isinstance(member, Member) else None
        if not isinstance(head, Certificate) or not (head.client or name_slug(head.organisation_name)):
            if old:  # a draft that has another number by now, or no organisation
                yield _Wanted(dropped=[old])
        elif old and _stays(head, old):
            if (old.version, old.surveillance_due) != (head.version, head.surveillance_due):
                yield _Wanted(_member_of(head, old.client, old, one))
        else:
            yield _placed(places, head, old, one)


def _stays(head: Certificate, member: object) -> bool:
    """Whether the certificate stays with the client it is with: an issued one, whatever it is called by now."""
    if not isinstance(member, Member) or member.generation != head.generation:
        return False
    picked = head.client and head.client not in (member.client, member.came_from)
    if picked:
        return False
    same = (member.organisation_name, member.country) == (head.organisation_name, head.country)
    return bool(head.client) or (head.is_issued and int(member.revision) > 0) or same


def _placed(places: Places, head: Certificate, old: Member | None, one: Joined) -> _Wanted:
    place = places.find(head.organisation_name, head.country, head.client)
    if isinstance(place, Client):
        return _Wanted(_member_of(head, place.slug, old, one))
    client = places.make(place, **_told_by(head))
    return _Wanted(_member_of(head, client.slug, old, one), client)


def _member_of(head: Certificate, client: str, old: Member | None, one: Joined) -> Member:
    is_same = old is not None and old.generation == head.generation
    stayed = old if is_same and old and old.client == client else None
    revised = not (is_same and old and old.revision == head.revision)
    return make_member(
        one.tenant_slug,
        head.slug,
        client,
        joined=stayed.joined if stayed else one.event_id,
        came_from=stayed.came_from if stayed else None,
        issued_at=(one.event_id if revised else old and old.issued_at) if head.is_issued else None,
        **{name: getattr(head, name) for name in COLUMNS},
    )


def _told_by(head: Certificate) -> dict[str, object]:
    """What the certificate says of its organisation, for a client that is made of it."""
    told: dict[str, object] = {"name": head.organisation_name, "country": head.country}
    try:
        organisation = dictionary_of(head)["organisation"]
    except DomainError as error:  # a document that somebody damaged keeps no certificate from being listed
        log.warning("the client of %s has its name alone: %s", head.number, error.sentence)
        return told
    told |= {"english_name": organisation.get("englishName"), "address": organisation.get("address")}
    return told | {"client_number": organisation.get("clientId"), "legal_ids": organisation.get("legalIds")}


def _batches(wanted: Iterable[_Wanted]) -> Iterator[list[_Wanted]]:
    """As many as fit one transaction beside the lease."""
    batch: list[_Wanted] = []
    size = 1
    for one in wanted:
        parts = MOST_OF_ONE if one.new_client else 2
        if batch and size + parts > MOST_PARTS:
            yield batch
            batch, size = [], 1
        batch.append(one)
        size += parts
    if batch:
        yield batch


def _write(batch: Sequence[_Wanted], hold: Hold | None) -> None:
    with transaction() as writes:
        if hold:
            hold.guard(writes)
        made = {one.new_client.slug for one in batch if one.new_client}
        members = [one.member for one in batch if one.member]
        for one in batch:
            if one.new_client:
                add_client(writes, one.new_client, otherwise=ClientChangedError(one.new_client.name))
            for member in one.dropped:
                given = Member.version == member.version
                writes.delete(member, given=given, otherwise=ClientChangedError(member.number))
        for pk, client in sorted({(member.PK, member.client) for member in members}):
            if client not in made:
                require_client(writes, pk, client)
        write_members(writes, members)
