"""Filling a fresh generation while the live one goes on, and changing over."""

import sqlite3
import sys
from collections.abc import Sequence

from search.document import IndexEntry
from search.engine.base import Rederive
from search.engine.embedded import entries, generations
from search.engine.embedded.database import Database
from search.engine.embedded.entries import Batch

ROUND = 200  # documents derived again at a time
LAST_ROUND = 20  # so few are derived while writers wait
PATIENCE = 3  # rounds that end with more to do than they began with: writers are faster, and wait for the rest
SWEEP = 1_000  # rows of an old generation deleted at a time: readers and writers get in between


def settle(database: Database, number: int, rederive: Rederive) -> None:
    """Bring over what was written since the rebuild began, then make the fresh generation the live one."""
    left, patience = sys.maxsize, PATIENCE
    while left > LAST_ROUND and patience:
        before, left = left, _settle_some(database, number, rederive)
        patience -= left >= before
    with database.writing() as connection:
        while touched := _touched(connection, ROUND):
            _bring_over(connection, number, touched, rederive(_live(connection, list(touched))))
        generations.swap(connection, number)


def sweep(database: Database) -> None:
    """Delete what belongs to generations that nobody needs any more."""
    more = True
    while more:
        with database.writing() as connection:
            more = generations.forget_orphans(connection, SWEEP)


def _settle_some(database: Database, number: int, rederive: Rederive) -> int:
    """One round; how many documents are still to be brought over."""
    with database.reading() as connection:
        touched = _touched(connection, ROUND)
        live = _live(connection, list(touched))
    derived = rederive(live) if live else []
    with database.writing() as connection:
        unchanged = {doc_id: seq for doc_id, seq in touched.items() if _touched_at(connection, doc_id) == seq}
        _bring_over(connection, number, unchanged, [entry for entry in derived if entry.doc_id in unchanged])
        return connection.execute("SELECT COUNT(*) FROM touched").fetchone()[0]


def _bring_over(connection: sqlite3.Connection, number: int, touched: dict[str, int], derived: Sequence[IndexEntry]) -> None:
    """Write the derived entries to the fresh generation; what is touched and not derived is deleted there."""
    clock = generations.read_clock(connection)
    stored = generations.read_generation(connection, number)
    batch = Batch.of(derived)
    entries.put(connection, clock, stored, batch, settling=True)
    entries.remove(connection, clock, stored, [doc_id for doc_id in touched if doc_id not in batch.entries])
    connection.executemany("DELETE FROM touched WHERE doc_id = ?", [(doc_id,) for doc_id in touched])


def _touched(connection: sqlite3.Connection, limit: int) -> dict[str, int]:
    return dict(connection.execute("SELECT doc_id, seq FROM touched ORDER BY seq LIMIT ?", (limit,)))


def _touched_at(connection: sqlite3.Connection, doc_id: str) -> int | None:
    row = connection.execute("SELECT seq FROM touched WHERE doc_id = ?", (doc_id,)).fetchone()
    return row[0] if row else None


def _live(connection: sqlite3.Connection, doc_ids: list[str]) -> list[IndexEntry]:
    stored = generations.read_generation(connection, generations.read_clock(connection).live)
    return list(entries.read(connection, stored, doc_ids, vectors=True).values())
