"""The standards and editions there are: those the package ships, with what the operator has loaded over them.

What they allow is in ``editions``, the shape of a file in ``standards_file``. The loaded table is one row, read once a
minute by each process and never by a request alone.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pynamodb.attributes import UnicodeAttribute

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.authentic import code_over
from defiso.audit.services import PLATFORM, record_event
from defiso.certificates.editions import Edition
from defiso.certificates.standards_file import read_standards
from defiso.core.cache import TimedCache
from defiso.core.canonical import sha256
from defiso.core.errors import ChangedMeanwhileError
from defiso.core.ids import new_id
from defiso.store.errors import DamagedRowError
from defiso.store.items import CertificatesItem, Octets
from defiso.store.transactions import transaction

SHIPPED = Path(__file__).parent / "data" / "standards.json"
PARTITION, KEY = "PLATFORM", "STANDARDS"
MOST_TOLD = 200

_kept: TimedCache["Table"] = TimedCache(size=1, seconds=60)


class LoadedStandards(CertificatesItem):
    """``PK PLATFORM, SK STANDARDS``: the file as loaded; ``code`` shows that this registry wrote it."""

    text = UnicodeAttribute()
    loaded = UnicodeAttribute()  # an id that no two loads share
    code = Octets()


@dataclass(frozen=True)
class Table:
    """Every edition, by code as the tables have them, the newest of each standard first."""

    editions: tuple[Edition, ...]

    @cached_property
    def by_key(self) -> dict[tuple[str, str], Edition]:
        return {edition.key: edition for edition in self.editions}

    @cached_property
    def by_title(self) -> dict[str, Edition]:
        return {_folded(edition.title): edition for edition in self.editions}


@dataclass(frozen=True)
class Loaded:
    """What a load did: how many editions there are now, and the titles of those that are new, changed or gone."""

    editions: int
    changed: list[str]


def editions() -> tuple[Edition, ...]:
    return _table().editions


def edition_of(code: str, edition: str) -> Edition | None:
    return _table().by_key.get((code, edition))


def edition_titled(title: str) -> Edition | None:
    """The edition with exactly this title, such as ``ISO/IEC 27001:2022``; spaces and capitals do not matter."""
    return _table().by_title.get(_folded(title))


def newest_edition(code: str) -> Edition | None:
    return next((edition for edition in editions() if edition.code == code), None)


def standard_codes() -> set[str]:
    return {edition.code for edition in editions()}


def load_standards(*, actor: Actor, data: bytes) -> Loaded:
    """Put this file over what the package ships, in place of what was loaded before, with its event.

    An edition in the file replaces the shipped one; a file without any brings the shipped table back.
    Raises InvalidError, ChangedMeanwhileError.
    """
    fresh = _over_shipped(read_standards(data))
    row = LoadedStandards.find(PARTITION, KEY, consistent=True)
    was = _table_of(row)
    changed = [edition.title for edition in _differing(was, fresh)]
    load, text = new_id(), data.decode()
    loaded = LoadedStandards(PARTITION, KEY, text=text, loaded=load, code=_code_of(text, load))
    with transaction() as writes:
        as_read = LoadedStandards.loaded == row.loaded if row else LoadedStandards.PK.does_not_exist()
        writes.put(loaded, given=as_read, otherwise=ChangedMeanwhileError("Somebody else loaded standards meanwhile."))
        record_event(
            writes,
            tenant_slug=PLATFORM,
            actor=actor,
            action=Action.PLATFORM_STANDARDS_LOADED,
            target_kind="STANDARDS",
            target_id="TABLE",
            after={"sha256": sha256(data).hex(), "load": load, "changed": changed[:MOST_TOLD]},
        )
    forget_standards()
    return Loaded(len(fresh.editions), changed)


def forget_standards() -> None:
    """Read the table afresh."""
    _kept.clear()


def _table() -> Table:
    table = _kept.get(KEY)
    if table is None:
        table = _table_of(LoadedStandards.find(PARTITION, KEY))
        _kept.put(KEY, table)
    return table


def _table_of(row: LoadedStandards | None) -> Table:
    """Raises DamagedRowError for a row that this registry did not write."""
    if row is None:
        return _shipped()
    if not hmac.compare_digest(bytes(row.code), _code_of(row.text, row.loaded)):
        raise DamagedRowError("table", "standards")
    return _over_shipped(read_standards(row.text.encode()))


@lru_cache(maxsize=1)
def _shipped() -> Table:
    return Table(tuple(read_standards(SHIPPED.read_bytes())))


def _over_shipped(loaded: Iterable[Edition]) -> Table:
    """In the order of the shipped file, then of the loaded one; of each standard the newest first."""
    merged = {edition.key: edition for edition in (*_shipped().editions, *loaded)}
    codes = list(dict.fromkeys(code for code, _year in merged))
    return Table(tuple(sorted(merged.values(), key=lambda one: (codes.index(one.code), -one.first_day.toordinal()))))


def _differing(was: Table, now: Table) -> list[Edition]:
    gone = [edition for edition in was.editions if edition.key not in now.by_key]
    return [edition for edition in now.editions if was.by_key.get(edition.key) != edition] + gone


def _code_of(text: str, load: str) -> bytes:
    return code_over(f"{load}\n{text}".encode(), "standards")


def _folded(title: str) -> str:
    return "".join(title.split()).casefold()
