"""The Engine on one machine: a SQLite file, and segments derived from it, in one folder."""

import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from search.document import IndexEntry, Version
from search.engine.base import Engine, Generation, Rederive
from search.engine.embedded import entries, generations, rebuild, versions
from search.engine.embedded.catalogue import Catalogue
from search.engine.embedded.database import Database
from search.engine.embedded.entries import Batch
from search.engine.embedded.generations import Stored
from search.engine.embedded.locks import lock
from search.engine.embedded.retrieval import retrieve
from search.engine.embedded.snapshot import Snapshot
from search.engine.embedded.suggestions import complete
from search.engine.mapping import load_mapping
from search.errors import DocumentNotFound, EngineUnavailable, MappingMismatch
from search.query import Filters, Leg, Retrieved, Sort

log = logging.getLogger(__name__)

SCAN_ROWS = 200


class EmbeddedEngine:
    """See search.engine.base.Engine. The folder may be opened by several processes at once, each after any fork."""

    def __init__(self, path: Path, *, generation: int | None = None) -> None:
        """Open or create the index in this folder; `generation`: follow this one and not the live one."""
        self.path = Path(path)
        self.location = str(path)
        self._pinned = generation
        self._mapping_version = load_mapping("documents")["mappings"]["_meta"]["version"]
        self._database = Database(self.path / "index.db", self._mapping_version)
        self._catalogue = Catalogue(self._database, self.path / "segments", generation)
        if generation is None:
            self._clean_up()

    def index(self, entries_: Iterable[IndexEntry]) -> None:
        """See Engine.index."""
        batch = Batch.of(entries_)
        with self._database.writing() as connection:
            entries.put(connection, generations.read_clock(connection), self._writable(connection), batch)
