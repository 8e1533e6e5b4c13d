"""What a check has to remember of one log, however long: a table on disk that is gone with the process.

SQLite's private temporary database: in memory while it is small, so that memory stays flat when it is not.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from defiso.certificates.bits_of_status import Stretches
from defiso.transparency.entries import Change

_TABLES = """
CREATE TABLE entry (id TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE change (
    key BLOB, previous BLOB, value BLOB, place TEXT, status TEXT, position INTEGER, name TEXT,
    PRIMARY KEY (key, position)
) WITHOUT ROWID;
CREATE TABLE newest (
    key BLOB PRIMARY KEY, value BLOB, position INTEGER, name TEXT, in_map INTEGER DEFAULT 0, has_head INTEGER DEFAULT 0
) WITHOUT ROWID;
"""
_CHANGES = "SELECT key, previous, value, place, status, position, name FROM change ORDER BY key, position"
_NEWEST = "SELECT key, value, position, name FROM newest"


class Known(NamedTuple):
    """What is to be under one key of the map; ``position`` of the event that says so, None if a batch does.

    ``name`` is the certificate's number or the key's id.
    """

    key: bytes
    value: bytes
    position: int | None
    name: str

    @property
    def source(self) -> str:
        return "the newest batch" if self.position is None else f"the event at position {self.position}"


class Scratch:
    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(f"PRAGMA journal_mode = OFF; {_TABLES}")
        self._lists = Stretches()
        self.unreadable = 0  # entries of which nobody can tell what they change

    def close(self) -> None:
        self._database.close()

    def add_entry(self, event_id: str, position: int) -> int:
        """Where the log has this event first: here, unless it stands in it twice."""
        self._database.execute("INSERT OR IGNORE INTO entry VALUES (?, ?)", (event_id, position))
        return self.position_of(event_id) or 0

    def position_of(self, event_id: str) -> int | None:
        row = self._database.execute("SELECT position FROM entry WHERE id = ?", (event_id,)).fetchone()
        return row[0] if row else None

    def add_change(self, change: Change, position: int, name: str) -> None:
        self._database.execute("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)", (*change, position, name))

    def settle(self) -> Iterator[None]:
        """Follow each key's changes from the first to the last, whatever their order: the rule of ``recording``.

        Gives way after each key.
        """
        for key, rows in groupby(self._database.execute(_CHANGES), key=lambda row: row[0]):
            following: dict[bytes, tuple[Change, int, str]] = {}
            for *said, position, name in rows:
                following.setdefault(said[1], (Change(*said), position, name))
            found, at = None, b""
            while at in following:
                found = following.pop(at)
                at = found[0].value
                self._lists.take([found[0]])
            if found:
                self.set_newest(Known(key, at, *found[1:]))
            yield

    @property
    def status_lists(self) -> Stretches:
        """What the body's status lists have to say, after ``settle``."""
        return self._lists

    def set_newest(self, known: Known) -> None:
        statement = "INSERT OR REPLACE INTO newest (key, value, position, name) VALUES (?, ?, ?, ?)"
        self._database.execute(statement, known)

    def newest(self, key: bytes) -> Known | None:
        row = self._database.execute(f"{_NEWEST} WHERE key = ?", (key,)).fetchone()
        return Known(*row) if row else None

    def brings(self, key: bytes, value: bytes) -> int | None:
        """The position of the entry that brought this value, whether or not it is the newest."""
        row = self._database.execute("SELECT position FROM change WHERE key = ? AND value = ?", (key, value)).fetchone()
        return row[0] if row else None

    def note_in_map(self, keys: Iterable[bytes]) -> None:
        self._database.executemany("UPDATE newest SET in_map = 1 WHERE key = ?", ((key,) for key in keys))

    def note_in_map_below(self, prefix: str) -> None:
        """Every key that begins with these nibbles: what is wrong with them has been said."""
        low, high = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        self._database.execute("UPDATE newest SET in_map = 1 WHERE key BETWEEN ? AND ?", (low, high))

    def note_head(self, key: bytes) -> None:
        self._database.execute("UPDATE newest SET has_head = 1 WHERE key = ?", (key,))

    def not_in_map(self) -> Iterator[Known]:
        return (Known(*row) for row in self._database.execute(f"{_NEWEST} WHERE in_map = 0"))

    def without_head(self) -> Iterator[Known]:
        """Certificates of the log that no head was seen of."""
        return (Known(*row) for row in self._database.execute(f"{_NEWEST} WHERE has_head = 0 AND name <> ''"))
