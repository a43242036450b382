"""The one read path: a Query and a ranking's name in, Results out."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from search.document import Document, IndexEntry, Version
from search.engine.base import Engine
from search.errors import BadQuery
from search.highlight import Offsets, snippet
from search.legs import Asked, legs_of, read, size
from search.marks import Marks, Sought
from search.operators import Wording
from search.query import FIELDS, MAX_PAGING, Evidence, Filters, Hit, Query, Results, Retrieved, ScoredDoc
from search.ranking import (
    Candidate,
    LegSpec,
    Ranking,
    any_word,
    candidates,
    features,
    fuse,
    leg_fields,
    ranking,
    weights,
    wide_open,
)
from search.text.analyzer import Analyzer
from search.text.normalize import fold
from search.text.passages import Span

MAX_QUERY_CHARS = 2000
MODELS_SECONDS = (
    1.0  # how long the generation's models are taken to be what they were: asking costs a remote engine two requests
)
EMPTY = "还没有文章。请运行 python -m indexer load 文件夹"
NOTHING_FOUND = "没有找到。换个说法，少写几个词，或去掉筛选，再试一次。"
NOTHING_TO_SEEK = "没有可以用来搜索的词。"
NOT_AS_ASKED = "没有一篇完全符合引号或“标题：”的要求，下面按普通的词找。"
NOT_TOGETHER = "没有一篇含有足够多的这些词，下面是含有其中一部分的。"


class Searcher:
    """Answers queries from one engine; follows the engine to a new generation's models by itself."""

    def __init__(self, engine: Engine, open_analyzer: Callable[[Mapping[str, str]], Analyzer]) -> None:
        self.engine = engine
        self._open_analyzer = open_analyzer
        self._analyzer: Analyzer | None = None
        self._looked = 0.0
        self._opening = threading.Lock()

    @property
    def analyzer(self) -> Analyzer | None:
        """The tools of the live generation, None while it is empty; a swap is seen within MODELS_SECONDS."""
        now = time.monotonic()
        if now - self._looked < MODELS_SECONDS and self._analyzer:
            return self._analyzer
        models = dict(self.engine.generation().models)
        if not models:
            return None
        with self._opening:  # threads that see a swap together open its models once
            if self._analyzer is None or self._analyzer.made_for != models:
                self._analyzer = self._open_analyzer(models)
            self._looked = now
            return self._analyzer

    def search(self, query: Query, name: str | Ranking = "hybrid", facets: Sequence[str] = tuple(FIELDS)) -> Results:
        """One page of hits with their reasons, the total, and the counts of the facets."""
        started = time.perf_counter()
        asked = self._read(query)
        if asked is None:
            return Results(notices=(EMPTY,), facets={name: {} for name in facets})
        answer = self._answer(query, ranking(name), asked, facets)
        hits = self._hits(answer.page(query.offset, query.limit), query.offset, asked)
        understood = asked.understood
        took = (time.perf_counter() - started) * 1000
        notices = answer.notices if answer.found.total or answer.notices else [NOTHING_FOUND]
        return Results(hits, answer.found.total, answer.found.counts, understood, tuple(notices), round(took, 2))

    def rank(self, query: Query, name: str | Ranking = "hybrid") -> list[ScoredDoc]:
        """The same order without the page around it: what evaluation needs."""
        asked = self._read(query)
        page = self._answer(query, ranking(name), asked, ()).page(query.offset, query.limit) if asked else []
        return [ScoredDoc(candidate.doc_id, candidate.score, candidate.passage) for candidate in page]

    def marks(self, document: Document | Version, text: str, most: int) -> tuple[Offsets, Offsets]:
        """Where the words and concepts of a query stand in a document: in its title, and in its text, at most so many of each kind."""
        asked = self._read(Query(text)) if any(map(str.isalnum, text)) else None
        if asked is None:
            return (), ()
        marks = Marks(document, Sought(asked), None, most)
        return marks.offsets("title") + marks.offsets("title_concepts"), marks.offsets("body") + marks.offsets("body_concepts")

    def evidence(self, text: str, name: str | Ranking, depth: int, seen: Ranking | None = None) -> Evidence:
        """What a ranking is tuned on: the first documents of the legs of `seen` (its own) without limits, and the features it sees."""
        asked = self._read(Query(text))
        if asked is None:
            raise BadQuery(EMPTY)
        chosen = ranking(name)
        limited, _ = legs_of(chosen, asked)
        heads = self.engine.retrieve([leg for _, leg in limited], Filters(), 1)
        legs, _ = legs_of(wide_open(seen or chosen), asked)
        found = self.engine.retrieve([leg for _, leg in legs], Filters(), depth)
        names, sizes = tuple(spec.name for spec, _ in legs), tuple(size(leg) for _, leg in legs)
        return Evidence(names, sizes, found.legs, _features(asked, [spec for spec, _ in limited], heads))

    def _read(self, query: Query) -> Asked | None:
        """The query's words; None where the index is empty."""
        _check(query)
        analyzer = self.analyzer
        return read(query.text, analyzer) if analyzer else None

    def _answer(self, query: Query, chosen: Ranking, asked: Asked, facets: Sequence[str]) -> "_Answer":
        """The answer to the wording; where no page fits it, to a looser one, which a notice says.

        Filters are never loosened, and loosen nothing: where they alone leave no page, the answer is empty.
        """
        as_asked = self._retrieved(query, chosen, asked.wording, asked, facets)
        if as_asked.found.total or self._filtered_out(query, chosen, asked.wording, asked):
            return as_asked
        for looser, wording, notice in _loosened(chosen, asked.wording):
            answer = self._retrieved(query, looser, wording, asked, facets)
            if answer.found.total:
                return replace(answer, notices=(notice, *answer.notices))
            if self._filtered_out(query, looser, wording, asked):
                break
        return as_asked

    def _filtered_out(self, query: Query, chosen: Ranking, wording: Wording, asked: Asked) -> bool:
        """Whether pages fit the wording, and the filters leave none of them."""
        return bool(query.filters and self._retrieved(Query(query.text), chosen, wording, asked, ()).found.total)

    def _retrieved(self, query: Query, chosen: Ranking, wording: Wording, asked: Asked, facets: Sequence[str]) -> "_Answer":
        legs, notices = legs_of(chosen, asked)
        if fold(asked.text).strip() and not legs:
            return _Answer((), (), Retrieved(counts={name: {} for name in facets}), notices or [NOTHING_TO_SEEK])
        sort = query.sort or (None if legs else "date")
        found = self.engine.retrieve([leg for _, leg in legs], wording.narrowed(query.filters), MAX_PAGING, sort, facets)
        specs = tuple(spec for spec, _ in legs)
        return _Answer(specs, weights(specs, _features(asked, specs, found)), found, notices)

    def _hits(self, page: Sequence[Candidate], offset: int, asked: Asked) -> tuple[Hit, ...]:
        entries = {entry.doc_id: entry for entry in self.engine.fetch([candidate.doc_id for candidate in page])}
        present = [candidate for candidate in page if candidate.doc_id in entries]
        sought = Sought(asked)
        return tuple(
            _hit(rank, candidate, entries[candidate.doc_id], sought) for rank, candidate in enumerate(present, offset + 1)
        )


def _loosened(chosen: Ranking, wording: Wording) -> Iterator[tuple[Ranking, Wording, str]]:
    """What may be taken where no page fits, the nearest first, each with the notice that says so."""
    if wording.phrases:
        wording = replace(wording, phrases=())
        yield chosen, wording, NOT_AS_ASKED
    if chosen != any_word(chosen):
        yield any_word(chosen), wording, NOT_TOGETHER


def _check(query: Query) -> None:
    if len(query.text) > MAX_QUERY_CHARS:
        raise BadQuery(
            "您写了 %(written)s 字，最多 %(most)s 字，请留下最要紧的几句。",
            written=f"{len(query.text):,}",
            most=f"{MAX_QUERY_CHARS:,}",
        )
    if not fold(query.text).strip() and not query.filters and query.sort is None:
        raise BadQuery("请写下症状、疾病或药名。")
    if query.limit < 1 or query.offset < 0:
        raise BadQuery(f"limit 至少为 1，offset 至少为 0；给的是 {query.limit} 和 {query.offset}。")


def _features(asked: Asked, specs: Sequence[LegSpec], found: Retrieved) -> dict[str, float]:
    return features(asked.text, len(asked.words), asked.known, specs, found.legs)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the engine found, and the weights that make one list of it."""

    specs: Sequence[LegSpec]
    weights: Sequence[float]
    found: Retrieved
    notices: Sequence[str]

    def page(self, offset: int, limit: int) -> list[Candidate]:
        """A stretch of the list, by score, or in the order of the sort."""
        end = min(offset + limit, MAX_PAGING)
        order = self.found.order or tuple(fuse(self.specs, self.found.legs, self.weights, end))
        return candidates(order[offset:end], self.specs, self.found.legs, self.weights)


def _hit(rank: int, candidate: Candidate, entry: IndexEntry, sought: Sought) -> Hit:
    document = entry.document
    best = None
    if candidate.passage is not None and candidate.passage < len(entry.passages):  # else rewritten since it was found
        passage = entry.passages[candidate.passage]
        best = Span(passage.start, passage.end)
    marks = Marks(document, sought, best)
    shown = snippet(document.text, best, marks.in_text)
    reasons = tuple(replace(reason, offsets=marks.offsets(leg_fields()[reason.leg])) for reason in candidate.reasons)
    return Hit(rank, candidate.score, entry, document.text[shown.start : shown.end], reasons, shown.start)
