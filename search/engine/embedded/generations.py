"""Generations in SQLite: which is live, which is being rebuilt, and what each was made with."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from search.document import DOCUMENT_VECTORS, IndexEntry
from search.engine.base import Generation
from search.errors import EngineUnavailable, MappingMismatch


class GenerationGone(EngineUnavailable):
    """A generation was swapped or dropped while something still held its number."""


class Clock(NamedTuple):
    """store: the file's own name; seq: of the last write; live and fresh: numbers of generations."""

    store: str
    seq: int
    live: int
    fresh: int | None


@dataclass(slots=True)
class Stored:
    """One generation's row; sizes: vector field -> dimensions, from its first vector on."""

    number: int
    mapping_version: str
    models: dict[str, str]
    sizes: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    passages: int = 0

    def told(self) -> Generation:
        """As the contract tells of it."""
        return Generation(f"g{self.number}", self.mapping_version, self.models, self.documents, self.passages)

    def admit(self, entry: IndexEntry) -> None:
        """Take the models and sizes of a first entry; MappingMismatch where another entry has others."""
        if not self.documents and not self.models:
            self.models = dict(entry.models)
        if dict(entry.models) != self.models:
            raise MappingMismatch(
                f"{entry.doc_id} 是用 {dict(entry.models)} 推导的，第 g{self.number} 代用的是 {self.models}；"
                "请运行 python -m indexer rebuild"
            )
        vectors = [("passages", passage.vector) for passage in entry.passages]
        vectors += [(name, getattr(entry, name)) for name in DOCUMENT_VECTORS]
        for name, vector in vectors:
            if vector is not None and self.sizes.setdefault(name, len(vector)) != len(vector):
                raise MappingMismatch(
                    f"{entry.doc_id} 的 {name} 有 {len(vector)} 维，第 g{self.number} 代是 {self.sizes[name]} 维；"
                    "换了编码器，请运行 python -m indexer rebuild"
                )


def read_clock(connection: sqlite3.Connection) -> Clock:
    """The one row that says how far the store is."""
    return Clock(*connection.execute("SELECT store, seq, live, fresh FROM clock").fetchone())


def take_seqs(connection: sqlite3.Connection, count: int) -> int:
    """Reserve `count` numbers of the log; the first of them."""
    (last,) = connection.execute("UPDATE clock SET seq = seq + ? RETURNING seq", (count,)).fetchone()
    return last - count + 1


def read_generation(connection: sqlite3.Connection, number: int) -> Stored:
    """A generation's row. GenerationGone where it has been dropped."""
    columns = "number, mapping_version, models, sizes, documents, passages"
    row = connection.execute(f"SELECT {columns} FROM generations WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise GenerationGone(f"第 g{number} 代已不在：它被替换了，或重建已中止；请再试一次")
    return Stored(row[0], row[1], json.loads(row[2]), json.loads(row[3]), row[4], row[5])


def write_generation(connection: sqlite3.Connection, stored: Stored) -> None:
    """Keep what a write has changed in the row."""
    connection.execute(
        "UPDATE generations SET models = ?, sizes = ?, documents = ?, passages = ? WHERE number = ?",
        (json.dumps(stored.models), json.dumps(stored.sizes), stored.documents, stored.passages, stored.number),
    )


def begin_fresh(connection: sqlite3.Connection, mapping_version: str, models: Mapping[str, str]) -> int:
    """Open the generation that a rebuild fills; its number."""
    values = (mapping_version, json.dumps(dict(models)))
    number = connection.execute("INSERT INTO generations (mapping_version, models) VALUES (?, ?)", values).lastrowid
    connection.execute("UPDATE clock SET fresh = ?", (number,))
    return int(number or 0)


def swap(connection: sqlite3.Connection, number: int) -> None:
    """Make the generation the live one: every reader's next look at the clock shows it."""
    connection.execute("UPDATE clock SET seq = seq + 1, live = ?, fresh = NULL", (number,))
    connection.execute("DELETE FROM touched")


def drop_fresh(connection: sqlite3.Connection) -> None:
    """Give up the rebuild: its rows are then nobody's."""
    connection.execute("UPDATE clock SET fresh = NULL")
    connection.execute("DELETE FROM touched")


def forget_orphans(connection: sqlite3.Connection, rows: int) -> bool:
    """Delete some entries of generations that are neither live nor fresh, then their own rows; whether more are left."""
    orphans = "SELECT number FROM generations, clock WHERE number != live AND number IS NOT fresh"
    doomed = f"SELECT rowid FROM entries WHERE generation IN ({orphans}) LIMIT ?"
    if connection.execute(f"DELETE FROM entries WHERE rowid IN ({doomed})", (rows,)).rowcount:
        return True
    connection.execute(f"DELETE FROM generations WHERE number IN ({orphans})")
    return False


def has_orphans(connection: sqlite3.Connection) -> bool:
    """Whether there is anything for `forget_orphans`, or a rebuild that may have died."""
    return connection.execute("SELECT COUNT(*) > 1 FROM generations").fetchone()[0] == 1
