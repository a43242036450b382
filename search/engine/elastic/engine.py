"""ElasticEngine: the Engine protocol over a cluster. Every method here is the border for the client's errors."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from search.document import IndexEntry, Version
from search.engine.base import Engine, Generation, Rederive
from search.engine.elastic import entries
from search.engine.elastic.connection import Connection, bordered
from search.engine.elastic.generations import Generations, Kind, Layout
from search.engine.elastic.handover import Handover
from search.engine.elastic.marker import Lease
from search.engine.elastic.retrieval import Retrieval
from search.engine.elastic.versions import Versions
from search.engine.elastic.writing import FreshWriter, LiveWriter, Writer
from search.errors import BadQuery, DocumentNotFound, EngineUnavailable
from search.query import Filters, Leg, Retrieved, Sort

log = logging.getLogger(__name__)


class GenerationEngine:
    """An engine over one index or alias; what it writes goes through `writer`."""

    def __init__(self, connection: Connection, generations: Generations, name: str, writer: Writer) -> None:
        self.connection, self.generations, self.name, self.writer = connection, generations, name, writer
        self.location = connection.location
        self.kept_versions = Versions(connection)
        self._checked = False

    @bordered
    def index(self, entries: Iterable[IndexEntry]) -> None:
        """Insert or replace by doc_id."""
        self.writer.index(list(entries))

    @bordered
    def delete(self, doc_ids: Iterable[str]) -> None:
        """Remove entries; unknown ids are passed over."""
        self.writer.delete(list(doc_ids))

    @bordered
    def append(self, versions: Iterable[Version]) -> None:
        """Keep versions; VersionConflict for another text under a number that is taken."""
        self.kept_versions.append(list(versions))

    @bordered
    def refresh(self) -> None:
        """Makes earlier writes visible to every reader."""
        self.connection.client.indices.refresh(index=f"{self.name},{self.kept_versions.index}", ignore_unavailable=True)

    @bordered
    def fetch(self, doc_ids: Sequence[str], vectors: bool = False) -> list[IndexEntry]:
        """Entries in the order asked, without a refresh."""
        self._check()
        return entries.fetch(self.connection, self.name, doc_ids, vectors)

    @bordered
    def versions(self, doc_id: str) -> list[Version]:
        """All versions, oldest first; DocumentNotFound where there is none."""
        if found := self.kept_versions.of(doc_id):
            return found
        raise DocumentNotFound(f"{self.location} 里没有 {doc_id} 的版本")

    def scan(self) -> Iterator[IndexEntry]:
        """Every entry by doc_id, as of the first one's reading."""
        scan = self._scan()
        try:
            while page := self._page(scan):
                yield from page
        finally:
            self._end(scan)

    @bordered
    def _scan(self) -> entries.Scan:
        self._check()
        return entries.Scan(self.connection, self.name)

    @bordered
    def _page(self, scan: entries.Scan) -> list[IndexEntry]:
        return scan.page()

    @bordered
    def _end(self, scan: entries.Scan) -> None:
        scan.close()

    @bordered
    def retrieve(
        self, legs: Sequence[Leg], filters: Filters, limit: int, sort: Sort | None = None, facets: Sequence[str] = ()
    ) -> Retrieved:
        """At most two requests (one more at the first call: the check that this program knows the index)."""
        self._check()
        retrieval = Retrieval(legs, filters, limit, sort, facets)
        try:
            return retrieval.run(lambda bodies: self.connection.msearch(self.name, bodies))
        except BadQuery:
            self._checked = False
            self._check()  # a generation of another layout swapped in would refuse our queries too
            raise

    @bordered
    def complete(self, prefix: str, limit: int) -> list[str]:
        """Names with a key that begins with the prefix, shortest key first."""
        return entries.complete(self.connection, self.name, prefix, limit)

    @bordered
    def generation(self) -> Generation:
        """The generation that this engine reads."""
        return self.generations.generation(self.name)

    def rebuild(self, models: Mapping[str, str], rederive: Rederive) -> AbstractContextManager[Engine]:
        """Refused: this generation is itself being built."""
        raise EngineUnavailable(f"{self.name} 本身就在重建")

    def close(self) -> None:
        """Release the connection; closing twice is harmless."""
        self.connection.close()

    def _check(self) -> None:
        """MappingMismatch where the index has another layout than this program; once, and after a refusal."""
        if not self._checked:
            self._checked = self.generations.describe(self.name) is not None


class ElasticEngine(GenerationEngine):
    """The live generation behind an alias, as in http://host:9200/xinglin."""

    def __init__(self, url: str, kind: Kind = Kind()) -> None:
        connection = Connection(url)
        generations = Generations(connection, kind)
        self.handover = Handover(connection, generations)
        super().__init__(connection, generations, generations.alias, LiveWriter(generations, self.handover))

    @contextmanager
    def rebuild(self, models: Mapping[str, str], rederive: Rederive) -> Iterator[Engine]:
        """A fresh generation, swapped in on clean exit."""
        lease, layout = self._open(models)
        fresh = GenerationEngine(self.connection, self.generations, layout.name, FreshWriter(self.generations, layout))
        try:
            yield fresh
            self._finish(lease, fresh, rederive)
        except BaseException:
            self.handover.give_up(lease)
            raise
        finally:
            lease.end()

    @bordered
    def _open(self, models: Mapping[str, str]) -> tuple[Lease, Layout]:
        return self.handover.open(models)

    @bordered
    def _finish(self, lease: Lease, fresh: GenerationEngine, rederive: Rederive) -> None:
        def redo(doc_ids: Sequence[str]) -> None:
            living = self.fetch(doc_ids, vectors=True)
            derived = list(rederive(living)) if living else []
            fresh.index(derived)
            fresh.delete(set(doc_ids) - {entry.doc_id for entry in derived})

        self.handover.settle(lease, redo)
        self.handover.swap(lease)
