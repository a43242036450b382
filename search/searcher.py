"""The one read path: a Query and a ranking's name in, Results out."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.document import Document, IndexEntry, vector
from search.engine.base import Engine
from search.errors import BadQuery, ModelUnusable
from search.highlight import Cut, Offsets, matches, snippet
from search.query import (
    FIELDS,
    MAX_PAGING,
    Evidence,
    Filters,
    Hit,
    Knn,
    Leg,
    Match,
    Query,
    Results,
    Retrieved,
    ScoredDoc,
    Sparse,
)
from search.ranking import Candidate, LegSpec, Ranking, features, fuse, leg_fields, ranking, weights, wide_open
from search.text.analyzer import Analyzer
from search.text.normalize import fold
from search.text.passages import Span
from search.text.segment import bigram_terms, bigrams

log = logging.getLogger(__name__)

MAX_QUERY_CHARS = 2000
ENCODER_DOWN = "语义模型暂停，本页只按字词排序。"
NOT_FITTED = "这个索引还没有 {0} 模型；请运行 python -m indexer fit {0}。"
TITLE_FIELDS = frozenset({"title", "title_concepts", "title_vector"})  # their reasons' offsets are the title's


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as its legs see it: words, concepts (synonyms as one term) and bigrams, each once; how many words are known."""

    text: str
    words: tuple[str, ...]
    concepts: tuple[str, ...]
    bigrams: tuple[str, ...]
    known: int

    def terms(self, field: str) -> tuple[str, ...]:
        """What is sought in a field of query.WORD_FIELDS."""
        if field.endswith("_concepts"):
            return self.concepts
        return self.bigrams if field == "bigrams" else self.words


class Searcher:
    """Answers queries from one engine; follows the engine to a new generation's models by itself."""

    def __init__(self, engine: Engine, open_analyzer: Callable[[Mapping[str, str]], Analyzer]) -> None:
        self.engine = engine
        self._open_analyzer = open_analyzer
        self._analyzer: Analyzer | None = None

    @property
    def analyzer(self) -> Analyzer:
        """The tools of the live generation."""
        models = dict(self.engine.generation().models)
        if self._analyzer is None or self._analyzer.models != models:
            self._analyzer = self._open_analyzer(models)
        return self._analyzer

    def search(self, query: Query, ranking_name: str = "hybrid", facets: Sequence[str] = tuple(FIELDS)) -> Results:
        """One page of hits with their reasons, the total, and the counts of the facets."""
        started = time.perf_counter()
        analyzer, notices = self.analyzer, []
        asked = _read(query, analyzer)
        candidates, found = self._candidates(query, ranking(ranking_name), asked, facets, notices)
        page = candidates[query.offset : min(query.offset + query.limit, MAX_PAGING)]
        hits = self._hits(page, query.offset, asked, analyzer)
        took = (time.perf_counter() - started) * 1000
        return Results(hits, found.total, found.counts, notices=tuple(notices), took_ms=round(took, 2))

    def rank(self, query: Query, ranking_name: str = "hybrid") -> list[ScoredDoc]:
        """The same order without the page around it: what evaluation needs."""
        candidates, _ = self._candidates(query, ranking(ranking_name), _read(query, self.analyzer), (), [])
        page = candidates[query.offset : query.offset + query.limit]
        return [ScoredDoc(candidate.doc_id, candidate.score, candidate.passage) for candidate in page]

    def evidence(self, text: str, ranking_name: str, depth: int) -> Evidence:
        """The legs' first documents before anything is weighed: what rankings are tuned on."""
        analyzer = self.analyzer
        asked = _read(Query(text), analyzer)
        legs = _legs(wide_open(ranking(ranking_name)), asked, analyzer, [])
        found = self.engine.retrieve([leg for _, leg in legs], Filters(), depth)
        specs = [spec for spec, _ in legs]
        values = features(asked.text, len(asked.words), asked.known, specs, found.legs)
        return Evidence(tuple(spec.name for spec in specs), found.legs, values)

    def _candidates(
        self, query: Query, chosen: Ranking, asked: Asked, facets: Sequence[str], notices: list[str]
    ) -> tuple[list[Candidate], Retrieved]:
        legs = _legs(chosen, asked, self.analyzer, notices)
        if asked.text and not legs:
            notices.append("没有可以用来搜索的词。")
            return [], Retrieved(counts={name: {} for name in facets})
        sort = query.sort or (None if legs else "date")
        found = self.engine.retrieve([leg for _, leg in legs], query.filters, MAX_PAGING, sort, facets)
        return _ranked([spec for spec, _ in legs], found, asked), found

    def _hits(self, page: Sequence[Candidate], offset: int, asked: Asked, analyzer: Analyzer) -> tuple[Hit, ...]:
        entries = {entry.doc_id: entry for entry in self.engine.fetch([candidate.doc_id for candidate in page])}
        present = [candidate for candidate in page if candidate.doc_id in entries]
        return tuple(
            _hit(rank, candidate, entries[candidate.doc_id], asked, analyzer)
            for rank, candidate in enumerate(present, offset + 1)
        )


def _legs(chosen: Ranking, asked: Asked, analyzer: Analyzer, notices: list[str]) -> list[tuple[LegSpec, Leg]]:
    if not asked.text:
        return []
    pairs = [(spec, _leg(spec, asked, analyzer, notices)) for spec in chosen.legs]
    return [(spec, leg) for spec, leg in pairs if leg is not None]


def _check(query: Query) -> None:
    if len(query.text) > MAX_QUERY_CHARS:
        raise BadQuery(f"您写了 {len(query.text):,} 字，最多 {MAX_QUERY_CHARS:,} 字，请留下最要紧的几句。")
    if not fold(query.text).strip() and not query.filters and query.sort is None:
        raise BadQuery("请写下症状、疾病或药名。")
    if query.limit < 1 or query.offset < 0:
        raise BadQuery(f"limit 至少为 1，offset 至少为 0；给的是 {query.limit} 和 {query.offset}。")


def _read(query: Query, analyzer: Analyzer) -> Asked:
    _check(query)
    words = tuple(dict.fromkeys(analyzer.segmenter.words(query.text)))
    concepts = tuple(dict.fromkeys(analyzer.concepts.words(query.text)))
    pairs = tuple(dict.fromkeys(bigrams(query.text)))
    return Asked(query.text.strip(), words, concepts, pairs, sum(map(analyzer.segmenter.knows, words)))


def _leg(spec: LegSpec, asked: Asked, analyzer: Analyzer, notices: list[str]) -> Leg | None:
    """The spec with this query's terms, weights or vector; None, and perhaps a notice, where it has nothing to search with."""
    if spec.kind == "match":
        terms = asked.terms(spec.field)
        return Match(spec.field, terms, spec.at_least) if terms else None
    if spec.kind == "sparse":
        return _sparse(spec, asked, analyzer, notices)
    if spec.field == "doc_vector":
        return _word2vec(spec, asked, analyzer, notices)
    try:
        encoded = analyzer.encoder.encode([asked.text], "query")[0]
    except ModelUnusable as exc:
        log.error("no semantic leg: %s", exc)
        notices.append(ENCODER_DOWN)
        return None
    return Knn(spec.field, vector(encoded), spec.k, spec.floor, spec.margin)


def _sparse(spec: LegSpec, asked: Asked, analyzer: Analyzer, notices: list[str]) -> Leg | None:
    if analyzer.tfidf is None:
        notices.append(NOT_FITTED.format("tfidf"))
        return None
    found = analyzer.weights(asked.words)
    return Sparse(spec.field, found) if found else None


def _word2vec(spec: LegSpec, asked: Asked, analyzer: Analyzer, notices: list[str]) -> Leg | None:
    if analyzer.word2vec is None:
        if "word2vec" not in analyzer.models and spec.gate.get("bias", 0) >= 0:
            notices.append(NOT_FITTED.format("word2vec"))
        return None
    row = analyzer.word2vec.encode_words([asked.words])[0]
    return Knn(spec.field, vector(row), spec.k, spec.floor, spec.margin) if row.any() else None


def _ranked(specs: Sequence[LegSpec], found: Retrieved, asked: Asked) -> list[Candidate]:
    """Candidates by score; with a sort, in its order."""
    values = features(asked.text, len(asked.words), asked.known, specs, found.legs)
    fused = fuse(specs, found.legs, weights(specs, values))
    if not found.order:
        return fused
    by_id = {candidate.doc_id: candidate for candidate in fused}
    return [by_id.get(doc_id, Candidate(doc_id)) for doc_id in found.order]


def _hit(rank: int, candidate: Candidate, entry: IndexEntry, asked: Asked, analyzer: Analyzer) -> Hit:
    document = entry.document
    best = None
    if candidate.passage is not None:
        best = Span(entry.passages[candidate.passage].start, entry.passages[candidate.passage].end)
    marker = _Marker(document, asked, analyzer, best)
    shown = snippet(document.text, best, marker.in_text)
    reasons = tuple(replace(reason, offsets=marker.offsets(reason.leg)) for reason in candidate.reasons)
    return Hit(rank, candidate.score, entry, document.text[shown.start : shown.end], reasons)


class _Marker:
    """Where the words of a query stand in one document; each text is read once for each kind of word."""

    def __init__(self, document: Document, asked: Asked, analyzer: Analyzer, best: Span | None) -> None:
        self._document = document
        self._asked = asked
        self._analyzer = analyzer
        self._best = best
        self._known: dict[tuple[str, bool], Offsets] = {}

    @property
    def in_text(self) -> Offsets:
        """The concepts in the text: what a snippet should show."""
        return self._matches("body_concepts", False)

    def offsets(self, leg: str) -> Offsets:
        """Matched words, or the best passage; nothing where a whole text was compared. In the title for legs that read titles."""
        field = leg_fields()[leg]
        if field == "passages":
            return (tuple(self._best),) if self._best and self._best.end > self._best.start else ()  # type: ignore[return-value]
        if field in ("doc_vector", "title_vector", "aliases"):
            return ()
        return self._matches(field, field in TITLE_FIELDS)

    def _matches(self, field: str, in_title: bool) -> Offsets:
        terms = self._asked.terms(field)
        key = (field if field in ("bigrams",) or field.endswith("_concepts") else "words", in_title)
        if key not in self._known:
            text = self._document.title if in_title else self._document.text
            self._known[key] = matches(text, frozenset(terms), self._cut(field))
        return self._known[key]

    def _cut(self, field: str) -> Cut:
        if field.endswith("_concepts"):
            return self._analyzer.concepts.terms
        return bigram_terms if field == "bigrams" else self._analyzer.segmenter.cut
