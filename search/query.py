"""The words for asking and answering: queries, legs, filters, hits. Standard library only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from search.document import DOCUMENT_VECTORS, IndexEntry, Vector

# For Match legs. Segmented words; title_concepts (of title and aliases) and body_concepts: words beside their canonical spelling;
# names: title and aliases, each as one term; bigrams: every two neighbouring characters of title, aliases and text, for what no
# lexicon knows.
WORD_FIELDS = ("title", "aliases", "symptoms", "body", "title_concepts", "body_concepts", "names", "bigrams")
CHARACTER_FIELDS = ("title_chars", "body_chars")  # one term a character, with positions: phrases, and Match legs too
VECTOR_FIELDS = ("passages", *DOCUMENT_VECTORS)
MAX_PAGING = 1000  # hits that can be paged through; totals and counts speak of all
TOPIC_FLOOR = 0.1  # a document is filed under the topics that hold at least this share of it

Sort = Literal["date", "title"]  # newest first; by title_sort. What has no date or key comes last, ties by doc_id


def _departments(entry: IndexEntry) -> tuple[str, ...]:
    paths = dict.fromkeys(
        "/".join(parts[:depth])
        for parts in (path.split("/") for path in entry.document.facts.departments)
        for depth in range(1, len(parts) + 1)
    )
    return tuple(paths)


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


# The one table of fields to filter and count by: name -> the values of an entry.
FIELDS: Mapping[str, Callable[[IndexEntry], tuple[str, ...]]] = {
    "source": lambda entry: _one(entry.document.source),
    "department": _departments,
    "kind": lambda entry: _one(entry.document.facts.kind),
    "topic": lambda entry: tuple(topic for topic, share in entry.topics.items() if share >= TOPIC_FLOOR),
    "year": lambda entry: _one(str(entry.document.published_at.year) if entry.document.published_at else ""),
    "series": lambda entry: _one(entry.document.facts.series),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand in this order, side by side, in one of these fields with positions (CHARACTER_FIELDS)."""

    fields: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What cuts the result set: OR inside a field, AND across fields, phrases, dates (both ends included)."""

    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: tuple[Phrase, ...] = ()
    without_terms: tuple[Phrase, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    newest_only: bool = False

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asked for. `sort` None is by relevance."""

    text: str
    filters: Filters = Filters()
    sort: Sort | None = None
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """BM25 (k1 1.2, b 0.75, Lucene's idf) of distinct terms in one field.

    A document matches if it holds at least max(1, ceil(at_least * number of distinct terms)) of them there.
    """

    field: str
    terms: tuple[str, ...]
    at_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Sparse:
    """Dot product of the weights with the stored TF-IDF vector; matches what shares a term (score > 0)."""

    field: str
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Knn:
    """The k documents nearest by cosine, a document scoring as its best vector.

    Of these it keeps none if the best is below `floor`, else those with cosine >= best - margin.
    """

    field: str
    vector: Vector
    k: int = 200
    floor: float = -1.0
    margin: float = 2.0


Leg = Match | Sparse | Knn


class ScoredDoc(NamedTuple):
    """A document as one leg sees it: raw BM25, dot product or cosine; passage: index of the best of its passages."""

    doc_id: str
    score: float
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class LegResult:
    """One leg's documents under the filters, best first, and its first ten without them."""

    docs: tuple[ScoredDoc, ...] = ()
    head: tuple[ScoredDoc, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What an engine found: a LegResult a leg; the total; field -> value -> count; with a sort, the ids in that order."""

    legs: tuple[LegResult, ...] = ()
    total: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a ranking sees of one query before it weighs: its legs by name, how many terms each has, their results, the features."""

    legs: tuple[str, ...]
    sizes: tuple[int, ...]
    results: tuple[LegResult, ...]
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hit is there: one leg's rank (from 1), raw score, score in 0..1 and weight; offsets of what matched.

    Offsets are (start, end) in Document.text, or in the title where the leg reads titles.
    """

    leg: str
    rank: int
    raw: float
    score: float
    weight: float
    offsets: tuple[tuple[int, int], ...] = ()

    @property
    def contribution(self) -> float:
        """The reason's part of the hit's score; a hit's contributions sum to its score."""
        return self.weight * self.score


@dataclass(frozen=True, slots=True)
class Hit:
    """One document of the answer, with its reasons; score in 0..1; the snippet begins at snippet_start of Document.text."""

    rank: int
    score: float
    entry: IndexEntry
    snippet: str
    reasons: tuple[Reason, ...] = ()
    snippet_start: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a Query; concepts: what was understood of it; notices are sentences for the person who asked."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    took_ms: float = 0.0
