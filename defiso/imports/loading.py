"""Issuing a whole register: what is not there yet, thirty-three certificates to a transaction, signed as they go.

Run again after any interruption it goes on where it stopped: each transaction is whole, and what is there is skipped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.audit.services import record_events
from defiso.certificates.dictionaries import digest_of
from defiso.certificates.heads import Issue, add_revision, change_event, make_head, make_issue
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.states import Status
from defiso.core.canonical import sha256
from defiso.core.clock import now
from defiso.core.dates import write_day
from defiso.imports.errors import Fault, RegisterRefusedError, RowProblem, TakenMeanwhileError
from defiso.imports.reading import RegisterRow
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant

IN_A_TRANSACTION = 33  # of 100 parts: head, revision, event
MOST_BYTES = 3_000_000  # of the 4 MB a transaction may have (DynamoDB API reference, TransactWriteItems)
READ_AT_ONCE = 100
WRITERS = 2
MOST_WAITING = 4  # transactions signed and not yet written


@dataclass(frozen=True)
class Loaded:
    """How many were issued now, how many were there before, and how many of those have another status by now."""

    issued: int
    already_there: int
    changed_since: int


def load_rows(
    *, tenant: Tenant, actor: Actor, rows: Sequence[RegisterRow], progress: Callable[[int], object] = lambda count: None
) -> Loaded:
    """Issue the rows that are not there yet; ``progress`` is told how many rows each step has dealt with.

    Raises RegisterRefusedError, before anything is written, if a number is in use with another content.
    """
    new, changed_since = _sort_out(tenant, rows)
    # A body is one partition key. In the order of their numbers its rows would all meet the same part of it at a time,
    # however often DynamoDB splits it; by a digest they are spread, and the same way each time the load is run.
    new.sort(key=lambda row: sha256(row.slug.encode()))
    already_there = len(rows) - len(new)
    progress(already_there)
    waiting: set[Future[int]] = set()
    with ThreadPoolExecutor(WRITERS) as writers:
        for chunk in _chunks(_issue(tenant, row) for row in new):
            waiting.add(writers.submit(_write, tenant, actor, chunk))
            if len(waiting) == MOST_WAITING:
                written, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                progress(sum(one.result() for one in written))
    progress(sum(one.result() for one in waiting))
    return Loaded(len(new), already_there, changed_since)


def _sort_out(tenant: Tenant, rows: Sequence[RegisterRow]) -> tuple[list[RegisterRow], int]:
    """The rows not there yet, and how many that are there have meanwhile got another status."""
    new: list[RegisterRow] = []
    conflicts: list[RowProblem] = []
    changed_since = 0
    for row, head in _with_heads(tenant, rows):
        if head is None:
            new.append(row)
        elif head.content_digest != digest_of(row.content):
            sentence = f"{head.number} is already in use, for another content."
            conflicts.append(RowProblem(row.line, Fault.DUPLICATE_NUMBER, sentence))
        else:
            changed_since += head.status != row.status
    if conflicts:
        sentence = f"{len(conflicts)} of {len(rows)} lines cannot be loaded. Nothing was loaded."
        raise RegisterRefusedError(sentence, conflicts)
    return new, changed_since


def _with_heads(tenant: Tenant, rows: Sequence[RegisterRow]) -> Iterator[tuple[RegisterRow, Certificate | None]]:
    for start in range(0, len(rows), READ_AT_ONCE):
        some = rows[start : start + READ_AT_ONCE]
        keys = [(Certificate, tenant_key(tenant.slug), certificate_key(row.slug)) for row in some]
        for row, head in zip(some, find_all(keys, consistent=True), strict=True):
            yield row, head if isinstance(head, Certificate) else None


def _issue(tenant: Tenant, row: RegisterRow) -> Issue:
    """The row as an issued certificate in the status the register records."""
    at = now()
    head = make_head(tenant=tenant, content=row.content, status=row.status, at=at)
    head.identity = row.identity or None
    head.status_from_register = True
    if row.status is not Status.ACTIVE:
        head.reason = f"Recorded as {row.status} in the register loaded on {write_day(at.date())}."
    return make_issue(tenant=tenant, head=head, content=row.content)


def _chunks(issues: Iterable[Issue]) -> Iterator[list[Issue]]:
    """As many as fit into one transaction."""
    chunk: list[Issue] = []
    size = 0
    for issue in issues:
        if chunk and (len(chunk) == IN_A_TRANSACTION or size + issue.size > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(issue)
        size += issue.size
    if chunk:
        yield chunk


def _write(tenant: Tenant, actor: Actor, chunk: Sequence[Issue]) -> int:
    with transaction() as writes:
        for issue in chunk:
            head = issue.certificate
            taken = TakenMeanwhileError(head.number)
            writes.create(head, otherwise=taken)
            add_revision(writes, issue, otherwise=taken)
        record_events(writes, [_imported(tenant, actor, issue) for issue in chunk])
    return len(chunk)


def _imported(tenant: Tenant, actor: Actor, issue: Issue) -> Event:
    head = issue.certificate
    return change_event(
        tenant=tenant,
        actor=actor,
        action=Action.CERTIFICATE_IMPORTED,
        head=head,
        after={"status": head.status, "revision": int(head.revision), "identity": head.identity},
        reason=head.reason or "",
        credential=issue.reference,
    )
