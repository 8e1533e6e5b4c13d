"""Backups that the operator put back on purpose, and which transactions of our account the database lost by that.

A statement counts only as the platform's map has its value, and those before it only as it leads to them. Whoever can
write rows can fake neither. The worker, which makes that map, goes by the event too, if it has this registry's code.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from defiso.anchoring.ledger import account_key
from defiso.anchoring.models import Restore
from defiso.audit.actions import Action
from defiso.audit.authentic import require_authentic
from defiso.audit.models import Event, event_key
from defiso.audit.services import PLATFORM
from defiso.chain.client import Chain
from defiso.core.canonical import canonical_json, sha256
from defiso.credentials.platform_map import platform_values
from defiso.store.errors import DamagedRowError
from defiso.store.keys import tenant_key
from defiso.transparency.entries import restore_key
from defiso.transparency.errors import BrokenLogError

RESTORES = "RESTORE#"
GENERATIONS = 10**9  # of checkpoints between two restores: more than any log has
log = logging.getLogger(__name__)


class Statement(NamedTuple):
    """What the operator accepted: the nonces from ``first`` to ``last`` are lost, ``transactions`` by nonce if known.

    ``number`` counts the restores of this account from 1; ``previous`` is the hex value of the statement before.
    """

    number: int
    chain_id: int
    address: str
    first: int
    last: int
    transactions: Mapping[str, str]
    at: str
    reason: str
    previous: str

    @property
    def summary(self) -> str:
        """Which transactions are lost, in words."""
        which = f"nonce {self.first}" if self.first == self.last else f"nonces {self.first} to {self.last}"
        return f"the transactions of {self.address} on chain {self.chain_id} with {which}"

    @property
    def told(self) -> dict[str, object]:
        """What the event carries."""
        return {"type": "restore", **self._asdict()}

    @property
    def text(self) -> str:
        return canonical_json(self.told).decode()

    @property
    def value(self) -> bytes:
        """What the platform's map has: SHA-256 of the text."""
        return sha256(self.text.encode())

    @classmethod
    def of(cls, text: str) -> "Statement":
        """Of a text that is known to be ours."""
        members = json.loads(text)
        return cls(*(members[name] for name in cls._fields))


@dataclass(frozen=True)
class Restores:
    """Those that count, oldest first; unless ``are_whole``, what was kept of them is damaged and none counts."""

    statements: tuple[Statement, ...] = ()
    are_whole: bool = True

    def has_lost(self, nonce: int) -> bool:
        return any(statement.first <= nonce <= statement.last for statement in self.statements)

    @property
    def least_generation(self) -> int:
        """Of a checkpoint signed after the newest: what was signed in a lost time has a lower one."""
        return len(self.statements) * GENERATIONS


def target_of(chain: Chain) -> str:
    return f"{chain.chain_id} {chain.address}"


def restores_key(number: int) -> str:
    return f"{RESTORES}{number:08d}"


def read_restores(chain: Chain, *, with_unrecorded: bool = False) -> Restores:
    """Those that the platform's map leads to, and on demand those on their way into it: a query and a look-up."""
    try:
        texts = _texts(chain)
        key = restore_key(target_of(chain))
        recorded = platform_values([key]).get(key, b"")
        found = list(_leading_to(recorded, texts))[::-1]
    except (DamagedRowError, BrokenLogError, KeyError) as error:
        log.error("accepted restores cannot be read: %s", error)
        return Restores(are_whole=False)
    if with_unrecorded:
        found += _on_their_way(chain, recorded, texts)
    return Restores(tuple(found))


def _texts(chain: Chain) -> dict[bytes, tuple[str, str]]:
    """Text and event of every row, by the value that the text has."""
    rows = Restore.query(account_key(chain), Restore.SK.startswith(RESTORES), consistent_read=True)
    texts = [(row.statement or "", row.event or "") for row in rows]
    return {sha256(text.encode(errors="surrogatepass")): (text, event) for text, event in texts}


def _leading_to(recorded: bytes, texts: Mapping[bytes, tuple[str, str]]) -> Iterator[Statement]:
    """Newest first. Raises KeyError if one is gone or was changed."""
    while recorded:
        statement = Statement.of(texts[recorded][0])
        yield statement
        recorded = bytes.fromhex(statement.previous)


def _on_their_way(chain: Chain, recorded: bytes, texts: Mapping[bytes, tuple[str, str]]) -> Iterator[Statement]:
    """Oldest first: each follows on the one before, and its event is ours."""
    ours = [Statement.of(text) for text, event_id in texts.values() if _is_ours(chain, text, event_id)]
    waiting = {statement.previous: statement for statement in ours}
    while following := waiting.pop(recorded.hex(), None):
        yield following
        recorded = following.value


def _is_ours(chain: Chain, text: str, event_id: str) -> bool:
    try:
        event = Event.find(tenant_key(PLATFORM), event_key(event_id or "none"), consistent=True)
        if event is None:
            return False
        require_authentic(event)
    except (DamagedRowError, TypeError, ValueError):
        return False
    about = (event.action, event.target_id) == (Action.PLATFORM_RESTORE_ACCEPTED, target_of(chain))
    return about and canonical_json(event.after).decode() == text
