"""Warm queries: rankings with and without the encoder, the parts of one, and peers in the same turns."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from bench.peers import FIELD, TOP, PlainNumpy, PlainTantivy
from bench.queries import Question
from bench.report import Table, latency_rows
from bench.timing import Series, in_turns
from search.engine.base import Engine
from search.query import Filters, Knn, Match, Query
from search.searcher import Searcher
from search.text.analyzer import Analyzer

Task = Callable[[Question], Sequence[str]]
WARM_UP = 100  # questions asked of every task before any is timed: a Java server gets faster for a while
ENCODED, KNOWN = "hybrid, query encoded", "hybrid, query's vector known"
LEG, TANTIVY, COUNTED = (
    "one BM25 leg on the text, total and top ten",
    "plain tantivy, top ten",
    "plain tantivy, total and top ten",
)
NEAREST, NUMPY = "one vector leg, 200 nearest documents", "plain numpy float32, 200 nearest documents"
PEERS = {LEG: COUNTED, TANTIVY: COUNTED, NEAREST: NUMPY}


@dataclass
class Watched:
    """An engine whose retrieve and fetch are timed; all else is the engine's own."""

    engine: Engine
    moments: list[float] = field(default_factory=list)

    def retrieve(self, *args: Any, **values: Any) -> Any:
        """Engine.retrieve."""
        return self._timed(self.engine.retrieve, *args, **values)

    def fetch(self, *args: Any, **values: Any) -> Any:
        """Engine.fetch."""
        return self._timed(self.engine.fetch, *args, **values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def _timed(self, call: Callable[..., Any], *args: Any, **values: Any) -> Any:
        self.moments.append(time.perf_counter())
        try:
            return call(*args, **values)
        finally:
            self.moments.append(time.perf_counter())


def ranked(searcher: Searcher, name: str) -> Task:
    """A whole search: counts of every field, ten hits with snippets and reasons."""
    return lambda question: [hit.entry.doc_id for hit in searcher.search(Query(question.text), name).hits]


def encoder(analyzer: Analyzer) -> Task:
    """The encoder alone; it finds nothing."""

    def encode(question: Question) -> list[str]:
        analyzer.encoder.encode([question.text], "query")
        return []

    return encode


def one_leg(engine: Engine, kind: str) -> Task:
    """What a plain library does: one leg, no counts, no page."""

    def search(question: Question) -> list[str]:
        leg = Match(FIELD, question.words) if kind == "match" else Knn("passages", question.vector)
        return [doc.doc_id for doc in engine.retrieve([leg], Filters(), TOP).legs[0].docs[:TOP]]

    return search


def searcher_tasks(encoding: Searcher, knowing: Searcher, elastic: Searcher | None) -> dict[str, Task]:
    """Name of a row -> a whole search."""
    tasks = {ENCODED: ranked(encoding, "hybrid"), KNOWN: ranked(knowing, "hybrid")}
    tasks |= {"bm25": ranked(knowing, "bm25"), "bert, query's vector known": ranked(knowing, "bert")}
    tasks["the encoder alone"] = encoder(encoding.analyzer)
    if elastic:
        tasks |= {f"{name} on Elasticsearch": ranked(elastic, name.split(",")[0]) for name in (KNOWN, "bm25")}
    return tasks


def plain_tasks(engine: Engine, tantivy: PlainTantivy | None, numpy: PlainNumpy | None) -> dict[str, Task]:
    """Name of a row -> one leg, or its peer."""
    tasks: dict[str, Task] = {}
    if tantivy:
        tasks |= {LEG: one_leg(engine, "match"), COUNTED: tantivy.top_and_count, TANTIVY: tantivy.top}
    if numpy:
        tasks |= {NEAREST: one_leg(engine, "knn"), NUMPY: numpy.top}
    return tasks


def measure(tasks: Mapping[str, Task], questions: Sequence[Question], rounds: int) -> dict[str, Series]:
    """All tasks in turns, warm."""
    for task in tasks.values():
        for question in questions[:WARM_UP]:
            task(question)
    return in_turns(tasks, questions, rounds)


def search_table(tasks: Mapping[str, Task], questions: Sequence[Question], rounds: int) -> Table:
    """The rankings, the plain peers, and how far these find the same."""
    peers = PEERS | {name: f"{name} on Elasticsearch" for name in (KNOWN, "bm25")}
    found = measure(tasks, questions, rounds)
    pairs = [(name, peer) for name, peer in peers.items() if name in tasks and peer in tasks and name != TANTIVY]
    notes = [
        f"{name} / {peer}: {same(tasks[name], tasks[peer], questions):.1%} of the top ten the same" for name, peer in pairs
    ]
    notes.append("a search here counts every field, and gives ten hits with snippets and reasons; plain peers do one leg")
    return Table("A warm query", ("p50 ms", "p95 ms"), latency_rows(found, peers), tuple(notes))


def parts_table(searcher: Searcher, questions: Sequence[Question], rounds: int) -> Table:
    """Where the time of a hybrid search goes, the query's vector known."""
    watched = Watched(searcher.engine)
    searcher = Searcher(watched, lambda models, analyzer=searcher.analyzer: analyzer)  # type: ignore[misc]
    parts: dict[str, Series] = {name: Series() for name in ("legs", "retrieve", "fuse", "fetch", "marks and snippets")}
    for number in range(rounds + 1):
        for series in parts.values() if number else ():
            series.rounds.append([])
        for question in questions if number else questions[:WARM_UP]:
            watched.moments.clear()
            started = time.perf_counter()
            searcher.search(Query(question.text))
            moments = [started, *watched.moments, time.perf_counter()]
            if number and len(moments) == len(parts) + 1:  # else the question met no leg
                for series, begun, ended in zip(parts.values(), moments, moments[1:], strict=False):
                    series.rounds[-1].append((ended - begun) * 1000)
    return Table("Parts of a hybrid query, vector known", ("p50 ms", "p95 ms"), latency_rows(parts, {}))


def same(one: Task, other: Task, questions: Sequence[Question]) -> float:
    """The share of the first ten that two tasks have in common, on average."""
    pairs = [(set(one(question)), set(other(question))) for question in questions[:100]]
    return mean(len(own & theirs) / max(len(own), len(theirs), 1) if own or theirs else 1.0 for own, theirs in pairs)
