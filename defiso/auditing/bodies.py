"""Which bodies there are, by the platform's own events: every one of them was told when the body was made."""

from collections.abc import Iterator

from defiso.audit.models import Event
from defiso.audit.services import PLATFORM
from defiso.auditing.rows import rows_between
from defiso.store.keys import tenant_key

PAGE = 500


def all_bodies() -> list[str]:
    """Their slugs in order. One whose making was taken out of the log is still named by its keys' events."""
    return sorted({slug for slug in _told() if slug})


def _told() -> Iterator[str]:
    for page in rows_between(Event, tenant_key(PLATFORM), "EVENT#", "EVENT$", page_size=PAGE):
        for row in page:
            event = Event.from_raw_data({name: row[name] for name in ("PK", "SK", "GSI1PK") if name in row})
            if event.target_kind in ("TENANT", "KEY"):
                yield event.target_id.partition(" ")[0]
