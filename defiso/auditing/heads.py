"""Every certificate's head against what the log says last of its number, and its seal."""

from collections.abc import Iterator

from defiso.audit.models import Event
from defiso.auditing.entries import own_position
from defiso.auditing.findings import Finding, Kind, Progress, Steps
from defiso.auditing.rows import read_events, rows_between, whole_or_damaged
from defiso.auditing.scratch import Known, Scratch
from defiso.certificates.models import Certificate
from defiso.certificates.models import certificate_key as head_key
from defiso.credentials.services import check_statement
from defiso.store.errors import DamagedRowError
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key, entry_of

PAGE = 200


def check_heads(tenant: Tenant, scratch: Scratch, *, signed: int) -> Steps:
    """``signed`` entries are in the newest checkpoint: what came after them may be newer than ``scratch`` knows."""
    first, last = head_key(""), head_key("~")
    for page in rows_between(Certificate, tenant_key(tenant.slug), first, last, page_size=PAGE):
        for row in page:
            slug = row["SK"]["S"].removeprefix(first)
            head = whole_or_damaged(Certificate, row)
            if isinstance(head, DamagedRowError):
                scratch.note_head(certificate_key(tenant.slug, slug))
                yield Finding(Kind.DAMAGED, tenant.slug, slug, f"The head of {slug} is damaged: {head.sentence}")
            elif head.is_issued:
                scratch.note_head(certificate_key(tenant.slug, slug))
                yield from _judge(tenant, scratch, head, signed)
        yield Progress()
    for known in scratch.without_head():
        sentence = f"The head of {known.name} is gone; {known.source} says that there is one."
        yield Finding(Kind.HEAD, tenant.slug, known.name, sentence)


def _judge(tenant: Tenant, scratch: Scratch, head: Certificate, signed: int) -> Iterator[Finding]:
    state = head.sealed_state
    if not check_statement(tenant=tenant, statement=state.statement, signature=head.status_seal or ""):
        sentence = f"What the head of {head.slug} says is not what the body sealed."
        yield Finding(Kind.HEAD, tenant.slug, head.slug, sentence)
        return
    key = certificate_key(tenant.slug, head.slug)
    known = scratch.newest(key)
    if (known and known.value == state.value) or _is_being_recorded(tenant.slug, head, signed):
        return
    yield Finding(Kind.HEAD, tenant.slug, head.slug, _sentence(head, known, scratch.brings(key, state.value)))


def _is_being_recorded(slug: str, head: Certificate, signed: int) -> bool:
    """Its event waits in the outbox, or was logged after the checkpoint."""
    event = next(read_events(slug, [head.state_event or ""]))
    if not isinstance(event, Event):
        return False
    try:
        change = entry_of(event).change
    except (ValueError, TypeError):
        return False
    if not change or change.value != head.sealed_state.value:
        return False
    leader = next(read_events(slug, [event.leader])) if event.leader and own_position(event) is None else event
    if not isinstance(leader, Event):
        return False
    position = own_position(leader)
    if position is None:
        return bool(leader.GSI2PK)
    return position + len(leader.companions or []) >= signed


def _sentence(head: Certificate, known: Known | None, brought: int | None) -> str:
    if known and brought is not None:
        return f"The head of {head.slug} is not the newest, but of position {brought}: {known.source} has a newer."
    if known:
        return f"The head of {head.slug} does not say what {known.source} says."
    return f"The log knows of no certificate {head.slug}, and no event of it waits."
