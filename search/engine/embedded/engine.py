"""The Engine on one machine: a SQLite file, and segments derived from it, in one folder."""

import logging
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from search.document import IndexEntry, Version
from search.engine.base import REBUILD_RUNNING, Generation, Rederive
from search.engine.embedded import versions as stored_versions
from search.engine.embedded.catalogue import Catalogue
from search.engine.embedded.chain import Chain
from search.engine.embedded.database import Database
from search.engine.embedded.entries import Batch, put, read, read_all, remove
from search.engine.embedded.generations import (
    Clock,
    Stored,
    begin_fresh,
    drop_fresh,
    has_orphans,
    read_clock,
    read_generation,
)
from search.engine.embedded.locks import lock
from search.engine.embedded.rebuild import settle, sweep
from search.engine.embedded.retrieval import retrieve
from search.engine.embedded.snapshot import Snapshot
from search.engine.embedded.suggestions import complete
from search.engine.mapping import load_mapping
from search.errors import DocumentNotFound, EngineUnavailable, MappingMismatch, RebuildRunning
from search.query import Filters, Leg, Retrieved, Sort

log = logging.getLogger(__name__)

REBUILD_PATIENCE_SECONDS = 1.0  # an engine that opens holds the same lock for a moment, to see whether a rebuild has died

FILE = "index.db"


def holds_index(folder: Path) -> bool:
    """Whether an index was made in this folder."""
    return (folder / FILE).is_file()


class EmbeddedEngine:
    """See search.engine.base.Engine. Several processes may open the folder at once, each after any fork."""

    def __init__(self, path: Path, *, generation: int | None = None) -> None:
        """Open or create the index in this folder; `generation`: follow this one, and not the live one."""
        self.path = Path(path)
        self.location = str(path)
        self._mapping_version = load_mapping("documents")["mappings"]["_meta"]["version"]
        self._database = Database(self.path / FILE, self._mapping_version)
        self._segments = self.path / "segments"
        self._catalogue = Catalogue(self._database, self._segments, generation)
        if generation is None and self._has_remains():
            with self._rebuild_lock(0.0) as taken:
                if taken:
                    self._clear_remains()

    def index(self, entries: Iterable[IndexEntry]) -> None:
        """See Engine.index."""
        batch = Batch.of(entries)
        with self._database.writing() as connection:
            put(connection, *self._writable(connection), batch)

    def delete(self, doc_ids: Iterable[str]) -> None:
        """See Engine.delete."""
        doc_ids = list(doc_ids)
        with self._database.writing() as connection:
            remove(connection, *self._writable(connection), doc_ids)

    def append(self, versions: Iterable[Version]) -> None:
        """See Engine.append."""
        versions = list(versions)
        with self._database.writing() as connection:
            stored_versions.append(connection, versions)

    def refresh(self) -> None:
        """See Engine.refresh. Every reader looks at the log before it answers; so this only spares readers work."""
        self._catalogue.file()

    def fetch(self, doc_ids: Sequence[str], vectors: bool = False) -> list[IndexEntry]:
        """See Engine.fetch."""
        with self._database.reading() as connection:
            found = read(connection, self._stored(connection), doc_ids, vectors)
        return [found[doc_id] for doc_id in doc_ids if doc_id in found]

    def versions(self, doc_id: str) -> list[Version]:
        """See Engine.versions."""
        with self._database.reading() as connection:
            found = stored_versions.of_document(connection, doc_id)
        if not found:
            raise DocumentNotFound(f"{self.location} 里没有 {doc_id} 的版本")
        return found

    def scan(self) -> Iterator[IndexEntry]:
        """See Engine.scan."""
        with self._database.reading() as connection:
            yield from read_all(connection, self._stored(connection))

    def retrieve(
        self,
        legs: Sequence[Leg],
        filters: Filters,
        limit: int,
        sort: Sort | None = None,
        facets: Sequence[str] = (),
    ) -> Retrieved:
        """See Engine.retrieve."""
        return retrieve(self._snapshot(), legs, filters, limit, sort, facets)

    def complete(self, prefix: str, limit: int) -> list[str]:
        """See Engine.complete."""
        return complete(self._snapshot(), prefix, limit)

    @contextmanager
    def rebuild(self, models: Mapping[str, str], rederive: Rederive) -> Iterator["EmbeddedEngine"]:
        """See Engine.rebuild."""
        with self._rebuild_lock(REBUILD_PATIENCE_SECONDS) as taken:
            if not taken:
                raise RebuildRunning(REBUILD_RUNNING.format(self.location))
            self._clear_remains()
            with self._database.writing() as connection:
                number = begin_fresh(connection, self._mapping_version, models)
            fresh = EmbeddedEngine(self.path, generation=number)
            try:
                yield fresh
                fresh.file_all()
                settle(self._database, number, rederive)
            finally:
                fresh.close()
                self._clear_remains()

    def generation(self) -> Generation:
        """See Engine.generation."""
        with self._database.reading() as connection:
            return self._stored(connection).told()

    def file_all(self) -> None:
        """Write everything to segment files, so that the next process to open the index has nothing to derive."""
        self._catalogue.file_all()

    def close(self) -> None:
        """See Engine.close."""
        self._database.close()
        self._catalogue.close()

    def _snapshot(self) -> Snapshot:
        snapshot = self._catalogue.current()
        self._check_mapping(snapshot.stored)
        return snapshot

    def _stored(self, connection: sqlite3.Connection) -> Stored:
        return read_generation(connection, self._catalogue.number(read_clock(connection)))

    def _writable(self, connection: sqlite3.Connection) -> tuple[Clock, Stored]:
        stored = self._stored(connection)
        self._check_mapping(stored)
        return read_clock(connection), stored

    def _check_mapping(self, stored: Stored) -> None:
        if stored.mapping_version != self._mapping_version:
            raise MappingMismatch(
                f"{self.location} 的字段布局是 {stored.mapping_version}，这个程序的是 {self._mapping_version}；"
                "请运行 python -m indexer rebuild"
            )

    def _rebuild_lock(self, patience: float):  # noqa: ANN202 - what locks.lock gives
        return lock(self.path / "rebuild.lock", patience)

    def _has_remains(self) -> bool:
        with self._database.reading() as connection:
            return has_orphans(connection) or len(self._folders()) > 1 or self._chain(read_clock(connection)).untidy()

    def _folders(self) -> list[Path]:
        return list(self._segments.glob("g*"))

    def _chain(self, clock: Clock) -> Chain:
        return Chain(self._segments / f"g{clock.live}", clock.store)

    def _clear_remains(self) -> None:
        """Under the rebuild lock: remove what a rebuild left that ended in any way, and generations it replaced."""
        try:
            with self._database.writing() as connection:
                drop_fresh(connection)
                clock = read_clock(connection)
            sweep(self._database)
            for folder in self._folders():
                if folder.name != f"g{clock.live}":
                    shutil.rmtree(folder, ignore_errors=True)
            self._tidy(clock)
        except (EngineUnavailable, OSError) as exc:
            log.warning("what a rebuild left in %s stays for now: %s", self.location, exc)

    def _tidy(self, clock: Clock) -> None:
        """Remove half segment files, and those that a merged one covers, unless a writer is at it just now."""
        if not self._chain(clock).untidy():
            return
        with lock(self._segments / "write.lock") as taken:
            if taken:
                self._chain(clock).tidy(clock.seq)
