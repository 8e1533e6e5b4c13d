"""What the embedded DynamoDB engine's file tells without asking the engine: what is pending, and what is kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

OUTBOX = '"defiso-audit-logs::gsi::GSI2" JOIN "defiso-audit-logs" ON (pk, sk) = (table_pk, table_sk)'
COMPANIONS = """json_array_length(coalesce(json_extract("defiso-audit-logs".item_json, '$.companions.S'), '[]'))"""


def pending_events(file: Path) -> int:
    """Those of one transaction wait under the key of the first. Raises RuntimeError if an event was set aside: what was
    measured is then not the whole work.
    """
    with _reading(file) as connection:
        aside = connection.execute(f"SELECT count(*) FROM {OUTBOX} WHERE gsi_pk LIKE '%QUARANTINE%'").fetchone()[0]  # noqa: S608
        if aside:
            raise RuntimeError(f"{aside} events were set aside; the worker's log says why")
        return int(connection.execute(f"SELECT coalesce(sum(1 + {COMPANIONS}), 0) FROM {OUTBOX}").fetchone()[0])  # noqa: S608


def bytes_by_table(file: Path) -> dict[str, int]:
    """Bytes of each table with its indexes; in the end what is free."""
    with _reading(file) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        if not _has_page_statistics(connection):
            return {"all tables": pages * size}
        tables = dict(
            connection.execute(
                "SELECT coalesce(tbl_name, name), sum(pgsize) FROM dbstat LEFT JOIN sqlite_schema USING (name)"
                " WHERE aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC"
            )
        )
    return tables | {"free": free * size}


def _has_page_statistics(connection: sqlite3.Connection) -> bool:
    return ("ENABLE_DBSTAT_VTAB",) in connection.execute("PRAGMA compile_options").fetchall()


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        yield connection
