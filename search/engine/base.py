"""The seam: what every engine does. These docstrings are the contract that tests/search/engine/test_contract.py checks.

Engines take terms, weights and vectors, never raw text: so both rank alike, and their tests need no model.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from search.document import IndexEntry, Version
from search.query import Filters, Leg, Retrieved, Sort

Rederive = Callable[[Sequence[IndexEntry]], Sequence[IndexEntry]]

REBUILD_RUNNING = "{} 正在重建；请等那个进程做完，或结束它，再运行一次"  # what RebuildRunning says, of the engine's location


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete index: its name, field layout, models (kind -> fingerprint), and what it holds."""

    name: str
    mapping_version: str
    models: Mapping[str, str] = field(default_factory=dict)
    documents: int = 0
    passages: int = 0


class Engine(Protocol):
    """Stores entries and versions; finds entries by legs. One instance a process, opened after any fork.

    Every method raises EngineUnavailable when the store cannot be reached, is full, or refuses to write; what had
    been acknowledged (the call returned) before is still there.
    """

    location: str  # what a person would call this store: a path, or a URL without credentials

    def index(self, entries: Iterable[IndexEntry]) -> None:
        """Insert or replace by doc_id, acknowledged when it returns, visible after `refresh`.

        All entries carry the same models as the generation, else MappingMismatch and none of the batch is stored; an empty
        generation without models takes those of its first entry. Other vector dimensions: MappingMismatch.
        """
        ...

    def delete(self, doc_ids: Iterable[str]) -> None:
        """Remove entries; unknown ids are passed over. Versions stay: they are append-only."""
        ...

    def append(self, versions: Iterable[Version]) -> None:
        """Keep versions. The same number with the same digest is a no-op; with another digest VersionConflict."""
        ...

    def refresh(self) -> None:
        """When this returns, every earlier acknowledged write (any process's) is visible to every reader."""
        ...

    def fetch(self, doc_ids: Sequence[str], vectors: bool = False) -> list[IndexEntry]:
        """Entries in the order asked, unknown ids left out; sees acknowledged writes without a refresh.

        Without `vectors`, what only an index needs is empty: the vectors, terms, tfidf.
        With them, the entry equals the one that was indexed.
        """
        ...

    def versions(self, doc_id: str) -> list[Version]:
        """All versions, oldest first; none at all: DocumentNotFound."""
        ...

    def scan(self) -> Iterator[IndexEntry]:
        """Every entry, hidden ones too, vectors included, by doc_id, as of the start of the scan."""
        ...

    def retrieve(
        self,
        legs: Sequence[Leg],
        filters: Filters,
        limit: int,
        sort: Sort | None = None,
        facets: Sequence[str] = (),
    ) -> Retrieved:
        """Per leg its documents; the total; the counts.

        The result set is what the Match and Sparse legs match, and what the Knn legs keep, both without filters, cut by the
        filters (a filter never refills a Knn leg). Without legs it is every document. Hidden entries are nowhere.

        Per leg: its first `limit` documents of the result set, and besides, with its own score, every document that it
        matches (or keeps) and another leg's first `limit` name. Best first, equal scores by doc_id, also at the cut.
        Head: its first ten without filters. With `sort`: `order` holds the first `limit` ids of the result set in that
        order, and legs hold the scores of these ids alone. The total counts the whole result set.
        Counts: for each field in `facets`, value -> number of documents, every value; a field's own include and exclude
        choices are left out of its counts, all other filters apply. A field that is not in query.FIELDS: BadQuery.
        """
        ...

    def complete(self, prefix: str, limit: int) -> list[str]:
        """Distinct `shown` names with a key that begins with the prefix: shortest such key first, then by name."""
        ...

    def rebuild(self, models: Mapping[str, str], rederive: Rederive) -> AbstractContextManager["Engine"]:
        """A fresh, empty generation with these models; swapped in only on clean exit, dropped on an error.

        While it is open, readers and writers of the live generation go on, in every process; what they index or delete
        reaches the fresh one too, and is never overwritten there by an older copy. Before the swap, entries that came in this way are
        passed through `rederive` until none is left, the last round while writers wait; entries that it leaves out are dropped.
        The swap is atomic, and every open Engine follows it. A second rebuild at once: RebuildRunning.
        Versions belong to no generation.
        """
        ...

    def generation(self) -> Generation:
        """The live generation."""
        ...

    def close(self) -> None:
        """Release files, threads and connections; closing twice is harmless."""
        ...
