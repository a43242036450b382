"""Entries in SQLite: written, read back, and told in the order of the log."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.document import IndexEntry
from search.engine.embedded.generations import Clock, Stored, take_seqs, write_generation
from search.engine.embedded.packing import Packed, pack_entry, unpack_entry

CHUNK = 500  # ids in one statement; SQLite takes 32,766
COLUMNS = "page, terms, weights, vectors"


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a stretch of the log, each document once: its entry, or that it is gone; the stretch ends at seq."""

    entries: list[IndexEntry]
    gone: list[str]
    seq: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries ready to be written, the last one of each id."""

    entries: dict[str, IndexEntry]
    packed: dict[str, Packed]

    @classmethod
    def of(cls, entries: Iterable[IndexEntry]) -> "Batch":
        """Pack outside of any transaction: it takes longer than the writing."""
        last = {entry.doc_id: entry for entry in entries}
        return cls(last, {doc_id: pack_entry(entry) for doc_id, entry in last.items()})


def put(connection: sqlite3.Connection, clock: Clock, stored: Stored, batch: Batch, settling: bool = False) -> None:
    """Insert or replace. MappingMismatch, and nothing is written, where an entry does not fit the generation.

    In a fresh generation, ids written to the live one since the rebuild began are passed over, except when settling.
    """
    for entry in batch.entries.values():
        stored.admit(entry)
    ids = list(batch.entries)
    if stored.number == clock.fresh and not settling:
        touched = {row[0] for row in _chunks(connection, "SELECT doc_id FROM touched WHERE doc_id IN", ids)}
        ids = [doc_id for doc_id in ids if doc_id not in touched]
    rows = [(doc_id, len(batch.entries[doc_id].passages), batch.packed[doc_id]) for doc_id in ids]
    _write(connection, clock, stored, [(i, n, p.page, p.terms, p.weights, p.vectors) for i, n, p in rows])


def remove(connection: sqlite3.Connection, clock: Clock, stored: Stored, doc_ids: Iterable[str]) -> None:
    """Delete what is there of these ids."""
    rows = _known(connection, stored.number, list(dict.fromkeys(doc_ids)))
    _write(connection, clock, stored, [(doc_id, 0, None, None, None, None) for doc_id, _ in rows])
    if clock.fresh is not None and stored.number == clock.live:
        _touch(connection, clock, doc_ids)  # also what only the fresh generation still knows


def read(connection: sqlite3.Connection, stored: Stored, doc_ids: Sequence[str], vectors: bool) -> dict[str, IndexEntry]:
    """Entries by id, unknown ids left out."""
    columns = COLUMNS if vectors else "page"
    query = f"SELECT doc_id, {columns} FROM entries WHERE page IS NOT NULL AND generation = {stored.number} AND doc_id IN"
    rows = _chunks(connection, query, list(dict.fromkeys(doc_ids)))
    return {row[0]: unpack_entry(row[1], stored.models, row[2:] if vectors else None) for row in rows}


def read_all(connection: sqlite3.Connection, stored: Stored) -> Iterator[IndexEntry]:
    """Every entry whole, by doc_id."""
    query = f"SELECT {COLUMNS} FROM entries WHERE generation = ? AND page IS NOT NULL ORDER BY doc_id"
    for page, *rest in connection.execute(query, (stored.number,)):
        yield unpack_entry(page, stored.models, tuple(rest))


def changes(connection: sqlite3.Connection, clock: Clock, stored: Stored, since: int, limit: int) -> Changes:
    """The documents written after `since`, at most `limit` of them, in the order of the log."""
    query = f"SELECT doc_id, seq, {COLUMNS} FROM entries WHERE generation = ? AND seq > ? ORDER BY seq LIMIT ?"
    rows = connection.execute(query, (stored.number, since, limit)).fetchall()
    return Changes(
        entries=[unpack_entry(page, stored.models, tuple(rest)) for _, _, page, *rest in rows if page is not None],
        gone=[doc_id for doc_id, _, page, *_ in rows if page is None],
        seq=clock.seq if len(rows) < limit else rows[-1][1],
    )


def backlog(connection: sqlite3.Connection, generation: int, since: int, limit: int) -> int:
    """How many documents were written after `since`, counted up to `limit`."""
    query = "SELECT COUNT(*) FROM (SELECT 1 FROM entries WHERE generation = ? AND seq > ? LIMIT ?)"
    return connection.execute(query, (generation, since, limit)).fetchone()[0]


def _write(connection: sqlite3.Connection, clock: Clock, stored: Stored, rows: list[tuple]) -> None:
    if not rows:
        return
    before = _known(connection, stored.number, [row[0] for row in rows])
    stored.documents += sum(row[2] is not None for row in rows) - len(before)
    stored.passages += sum(row[1] for row in rows) - sum(passages for _, passages in before)
    first = take_seqs(connection, len(rows))
    connection.executemany(
        "INSERT INTO entries (generation, seq, doc_id, passages, page, terms, weights, vectors) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (generation, doc_id) DO UPDATE SET seq = excluded.seq, passages = excluded.passages, page = excluded.page, "
        "terms = excluded.terms, weights = excluded.weights, vectors = excluded.vectors",
        ((stored.number, first + i, *row) for i, row in enumerate(rows)),
    )
    write_generation(connection, stored)
    if clock.fresh is not None and stored.number == clock.live:
        _touch(connection, clock, [row[0] for row in rows])


def _touch(connection: sqlite3.Connection, clock: Clock, doc_ids: Iterable[str]) -> None:
    """Tell the rebuild that it must derive these ids again, from now on under another seq than before."""
    rows = [(doc_id,) for doc_id in doc_ids]
    connection.executemany("INSERT OR REPLACE INTO touched SELECT ?, seq FROM clock", rows)


def _known(connection: sqlite3.Connection, generation: int, doc_ids: Sequence[str]) -> list[tuple[str, int]]:
    query = f"SELECT doc_id, passages FROM entries WHERE page IS NOT NULL AND generation = {generation} AND doc_id IN"
    return list(_chunks(connection, query, doc_ids))


def _chunks(connection: sqlite3.Connection, query: str, doc_ids: Sequence[str]) -> Iterator[tuple]:
    for start in range(0, len(doc_ids), CHUNK):
        chunk = doc_ids[start : start + CHUNK]
        yield from connection.execute(f"{query} ({','.join('?' * len(chunk))})", chunk)
