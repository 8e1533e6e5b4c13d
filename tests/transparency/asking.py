"""The log of acme, grown, recorded and asked for over HTTP."""

from django.test import Client

from defiso.audit.models import Event
from defiso.audit.services import PLATFORM
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import Hold
from defiso.tenants.services import get_tenant
from defiso.transparency.appending import Appending
from defiso.worker.lanes import new_recorder
from tests.staff import browser_at
from tests.transparency.follower import unpacked
from tests.transparency.kit import state_of, tell_together

ACME = "acme"
FIRST = 1  # the log of every body begins with its opening


def record(hold: Hold, *slugs: str) -> None:
    """What the worker makes of all that happened."""
    while drain_outbox(hold, [Appending()]).events:
        pass
    recorder = new_recorder()
    for slug in slugs:
        recorder.record(hold, slug)


def grow(size: int) -> list[Event]:
    """Events that bring the body's log to this size; each at the position of its number, after that of its opening."""
    events: list[Event] = []
    while len(events) + FIRST < size:
        some = range(len(events) + FIRST, min(size, len(events) + FIRST + 90))
        events += tell_together(*[state_of(f"A-{number}", tenant=ACME) for number in some])
    return events


class Follower:
    """Asks one host for the files of its log, and keeps every byte that it was given."""

    def __init__(self, slug: str = ACME) -> None:
        self.browser: Client = browser_at(get_tenant(slug) if slug != PLATFORM else None)
        self.given: list[bytes] = []

    def get(self, path: str) -> bytes:
        answer = self.browser.get(f"/log/{path}", headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200, (path, answer.status_code)
        body = unpacked(answer.content, answer.headers.get("Content-Encoding", ""))
        self.given.append(body)
        return body

    def status(self, path: str) -> int:
        return int(self.browser.get(f"/log/{path}").status_code)
