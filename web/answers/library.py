"""What the library holds, in one line."""

from dataclasses import dataclass
from datetime import date

from search.engine.base import Engine
from search.query import Filters


@dataclass(frozen=True, slots=True)
class Library:
    """How many documents of how many sources, and the newest date that one of them states."""

    documents: int
    sources: int
    newest: date | None


def library(engine: Engine) -> Library:
    """The line on the first page."""
    found = engine.retrieve([], Filters(), 1, sort="date", facets=("source",))
    first = engine.fetch(found.order[:1])
    return Library(found.total, len(found.counts["source"]), first[0].document.published_at if first else None)


def sources(engine: Engine) -> dict[str, int]:
    """Each source with the number of its documents, most first."""
    counts = engine.retrieve([], Filters(), 1, facets=("source",)).counts["source"]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
