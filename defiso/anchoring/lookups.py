"""Look-ups that anyone may read: which bodies have issued a number. Confidential certificates never appear.

Repeating it changes nothing: a row gives way only to its own or a later revision.
"""

from collections.abc import Sequence

from defiso.anchoring.effects import Effects
from defiso.anchoring.errors import LookupChangedError
from defiso.anchoring.hold import Hold
from defiso.anchoring.models import CodeLookup
from defiso.store.items import find_all
from defiso.store.transactions import Writes, transaction


def publish_lookups(hold: Hold, group: Sequence[Effects]) -> None:
    """Bring the look-ups of these events' numbers up to date, the last event of each number deciding."""
    wanted = {effects.lookup_key: effects for effects in group if effects.lookup_key}
    if not wanted:
        return
    rows = find_all([(CodeLookup, pk, sk) for pk, sk in wanted], consistent=True)
    with transaction() as writes:
        hold.guard(writes)
        for effects, row in zip(wanted.values(), rows, strict=True):
            _bring_up_to_date(writes, effects, row if isinstance(row, CodeLookup) else None)


def _bring_up_to_date(writes: Writes, effects: Effects, row: CodeLookup | None) -> None:
    changed = LookupChangedError(effects.event.id)
    leaf, fresh = effects.leaf, effects.lookup
    if leaf is None or (row and row.revision > leaf.revision):
        return
    if fresh and row:
        writes.put(fresh, given=CodeLookup.revision == row.revision, otherwise=changed)
    elif fresh:
        writes.create(fresh, otherwise=changed)
    elif row:
        writes.delete(row, given=CodeLookup.revision == row.revision, otherwise=changed)
