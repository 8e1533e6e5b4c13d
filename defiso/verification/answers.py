"""Public answers, kept for a moment: given again while what is stored is equal to what they were made from.

Every request reads the head and the body's newest checkpoint, so that a change or a forgery of either shows at once.
What follows from equal ones, for the same tenant object on the same day, is worked out once in KEPT_SECONDS; the time
of the check is put in fresh.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from defiso.core import clock
from defiso.core.cache import TimedCache
from defiso.core.canonical import sha256
from defiso.store.items import Row
from defiso.tenants.models import Tenant
from defiso.verification.records import Records
from defiso.verification.services import verify_records
from defiso.verification.verdicts import Verification

KEPT_SECONDS = 10
MOST_KEPT = 2000
LONGEST_KEPT = 50_000  # bytes; a longer answer is made each time rather than filling the memory
TIME_OF_CHECK = f"time-of-check-{secrets.token_hex(16)}"  # stands for it while an answer is made; nobody can guess it


@dataclass(frozen=True)
class Answer:
    """The bytes around the time of the check, and a digest of them."""

    pieces: tuple[bytes, ...]
    digest: str

    @classmethod
    def of(cls, made: bytes) -> Self:
        pieces = made.split(TIME_OF_CHECK.encode())
        return cls(tuple(pieces), sha256(b"".join(pieces)).hex()[:32])

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))


@dataclass(frozen=True)
class _Kept:
    row: Row
    checkpoint_row: Row | None
    tenant: Tenant
    day: date
    answer: Answer

    def is_of(self, records: Records) -> bool:
        return self.row == records.row and self.checkpoint_row == records.checkpoint_row


_kept: TimedCache[_Kept] = TimedCache(size=MOST_KEPT, seconds=KEPT_SECONDS)


def answer_of(kind: str, *, tenant: Tenant, records: Records, make: Callable[[Verification], bytes]) -> Answer:
    """What ``make`` made of these records a moment ago, or makes now, with TIME_OF_CHECK where the time belongs.

    One that waits for its anchor is made each time: it may come at any moment.
    """
    key, today = f"{kind} {tenant.slug} {records.slug}", clock.today()
    kept = _kept.get(key)
    if kept and kept.tenant is tenant and kept.day == today and kept.is_of(records):
        return kept.answer
    verification = verify_records(tenant=tenant, records=records)
    answer = Answer.of(make(verification))
    if not verification.pending and answer.size <= LONGEST_KEPT:
        _kept.put(key, _Kept(records.row, records.checkpoint_row, tenant, today, answer))
    return answer


def respond(
    request: HttpRequest, answer: Answer, *, write_time: Callable[[str], str] = str, content_type: str
) -> HttpResponse:
    """The answer as of now, or 304 for whoever has it as of this minute (RFC 9110, 13.1.2)."""
    time = clock.iso(clock.now())
    response = HttpResponse(write_time(time).encode().join(answer.pieces), content_type=content_type)
    response.headers["ETag"] = f'W/"{answer.digest}-{time[:16]}"'
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return response
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


def forget_answers() -> None:
    """Make every answer afresh: for tests that change what is stored beside the head."""
    _kept.clear()
