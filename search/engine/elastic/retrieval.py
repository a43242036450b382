"""One retrieve: at most two requests. The first asks every leg; the second counts, sorts, and scores what others named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from search.engine.elastic.queries import (
    BY_SCORE,
    INSIDE,
    SORTS,
    TIES,
    VISIBLE,
    all_clauses,
    any_of,
    count_of,
    field_clauses,
    knn,
    known,
    lexical,
    marked,
    members,
    other_clauses,
    scored,
)
from search.query import Filters, Knn, Leg, LegResult, Retrieved, ScoredDoc, Sort

Body = dict[str, Any]
Ask = Callable[[list[Body]], list[Body]]  # search bodies -> their answers, in one request

HEAD = 10


class Retrieval:
    """The legs of one query, under one set of filters; `run` answers it."""

    def __init__(self, legs: Sequence[Leg], filters: Filters, limit: int, sort: Sort | None, facets: Sequence[str]) -> None:
        self.legs, self.limit, self.sort = legs, limit, sort
        self.facets = [known(field) for field in facets]
        self.clauses = all_clauses(filters)
        self.other_clauses, self.field_clauses = other_clauses(filters), field_clauses(filters)
        self.lexical = {n: query for n, leg in enumerate(legs) if not isinstance(leg, Knn) and (query := lexical(leg))}
        self.knn = {n: query for n, leg in enumerate(legs) if isinstance(leg, Knn) and (query := knn(leg))}
        self.heads: dict[int, list[ScoredDoc]] = {}
        self.docs: dict[int, list[ScoredDoc]] = {}  # of a Match or Sparse leg the first ones, of a Knn leg all, filtered
        self.kept: set[str] = set()  # what Knn legs keep, without filters
        self.named: set[str] = set()  # each leg's first ones

    def run(self, ask: Ask) -> Retrieved:
        """Asks, and puts the answers together."""
        first = self._first()
        self._read_first(dict(zip(first, ask(list(first.values())), strict=True)) if first else {})
        second = self._second()
        answers = dict(zip(second, ask(list(second.values())), strict=True)) if second else {}
        order = self._order(answers)
        legs = [LegResult(self._docs(n, answers, order), tuple(self.heads.get(n, ()))) for n in range(len(self.legs))]
        return Retrieved(tuple(legs), self._total(answers), self._counts(answers), order)

    # --- the first request

    def _first(self) -> dict[Any, Body]:
        bodies: dict[Any, Body] = {}
        for n, query in self.lexical.items():
            if self.sort:
                bodies[n] = self._body(scored(query, self.clauses), self.limit, [*SORTS[self.sort], "_score"])
            else:
                bodies[n] = self._body(scored(query, self.clauses), self.limit if self.clauses else max(HEAD, self.limit))
            if self.sort or self.clauses:
                bodies["head", n] = self._body(scored(query, ()), HEAD)
        for n, query in self.knn.items():
            bodies[n] = self._body(marked(query, self.clauses), self.legs[n].k + TIES)  # type: ignore[union-attr]
        return bodies

    @staticmethod
    def _body(query: Body, size: int, sort: Sequence[Any] = BY_SCORE) -> Body:
        return {"query": query, "size": size, "sort": list(sort), "stored_fields": "_none_", "track_total_hits": False}

    def _read_first(self, answers: Mapping[Any, Body]) -> None:
        for n in self.lexical:
            docs = _sorted(answers[n]) if self.sort else _scored(answers[n])
            self.docs[n] = docs[: self.limit]
            self.heads[n] = _scored(answers[head]) if (head := ("head", n)) in answers else docs[:HEAD]
        for n in self.knn:
            self._keep(n, _hits(answers[n]))
        self.named = {doc.doc_id for docs in self.docs.values() for doc in docs[: self.limit]}

    def _keep(self, n: int, hits: Sequence[Body]) -> None:
        """What a Knn leg keeps of the nearest documents, and what of that passes the filters."""
        leg: Knn = self.legs[n]  # type: ignore[assignment]
        near = [(_nearest(hit), not self.clauses or INSIDE in hit.get("matched_queries", ())) for hit in hits[: leg.k]]
        best = near[0][0].score if near else -1.0
        kept = [(doc, inside) for doc, inside in near if leg.floor <= best and doc.score >= best - leg.margin]
        self.heads[n] = [doc for doc, _ in kept[:HEAD]]
        self.docs[n] = [doc for doc, inside in kept if inside]
        self.kept.update(doc.doc_id for doc, _ in kept)

    # --- the second request

    def _second(self) -> dict[Any, Body]:
        bodies: dict[Any, Body] = {}
        if self.lexical or self.facets or self.sort or not self.legs:
            bodies["all"] = self._all()
        if not self.sort:
            for n, query in self.lexical.items():
                if wanted := self._wanted(n):
                    bodies[n] = self._body(scored(query, [{"ids": {"values": wanted}}]), len(wanted))
        return bodies

    def _all(self) -> Body:
        """The whole result set: its total, its counts, and with a sort its first ids."""
        matched = [query for leg in self.legs if not isinstance(leg, Knn) and (query := members(leg))]
        found = [any_of([*matched, {"ids": {"values": sorted(self.kept)}}])] if self.legs else []
        chosen = [clause for clauses in self.field_clauses.values() for clause in clauses]
        body: Body = {
            "query": {"bool": {"filter": [VISIBLE, *found, *self.other_clauses]}},
            "post_filter": {"bool": {"filter": chosen}},  # of hits and total; counts choose for themselves
            "aggs": {field: count_of(field, self.field_clauses) for field in self.facets},
            "size": 0,
            "track_total_hits": True,
        }
        if self.sort:
            body |= {"size": self.limit, "sort": SORTS[self.sort], "stored_fields": "_none_"}
        return body

    def _wanted(self, n: int) -> list[str]:
        """Documents that other legs' first ones name and this leg has not told about; none where it has told all."""
        told = self.docs[n]
        return sorted(self.named.difference([doc.doc_id for doc in told])) if len(told) >= self.limit else []

    # --- putting together

    def _order(self, answers: Mapping[Any, Body]) -> tuple[str, ...]:
        return tuple(hit["sort"][1] for hit in _hits(answers["all"])) if self.sort else ()

    def _docs(self, n: int, answers: Mapping[Any, Body], order: Sequence[str]) -> tuple[ScoredDoc, ...]:
        """What a leg tells in the end. The cluster sorted each part, and what others named comes after a leg's first ones."""
        docs = self.docs.get(n, [])
        if not self.sort and n in self.lexical:
            return (*docs, *_scored(answers.get(n, {})))
        wanted = set(order) if self.sort else self.named
        return tuple(sorted((doc for doc in docs if doc.doc_id in wanted), key=lambda doc: (-doc.score, doc.doc_id)))

    def _total(self, answers: Mapping[Any, Body]) -> int:
        if "all" in answers:
            return answers["all"].get("hits", {}).get("total", {}).get("value", 0)
        return len({doc.doc_id for docs in self.docs.values() for doc in docs})  # of Knn legs alone all are here

    def _counts(self, answers: Mapping[Any, Body]) -> dict[str, dict[str, int]]:
        found = {field: answers["all"].get("aggregations", {}).get(field, {}) for field in self.facets}
        buckets = {field: each.get("values", {}).get("buckets", ()) for field, each in found.items()}
        return {field: {bucket["key"]: bucket["doc_count"] for bucket in each} for field, each in buckets.items()}


def _hits(answer: Body) -> list[Body]:
    return answer.get("hits", {}).get("hits", [])


def _scored(answer: Body) -> list[ScoredDoc]:
    """Hits that were sorted BY_SCORE."""
    return [ScoredDoc(doc_id, score) for score, doc_id in (hit["sort"] for hit in _hits(answer))]


def _sorted(answer: Body) -> list[ScoredDoc]:
    """Hits that were sorted by one of SORTS, and then by score."""
    return [ScoredDoc(doc_id, score) for _, doc_id, score in (hit["sort"] for hit in _hits(answer))]


def _nearest(hit: Body) -> ScoredDoc:
    """The cosine that the cluster's score (1 + cosine) / 2 stands for."""
    score, doc_id = hit["sort"]
    places = hit.get("inner_hits", {}).get("passages", {}).get("hits", {}).get("hits", [])
    return ScoredDoc(doc_id, 2 * score - 1, places[0]["_nested"]["offset"] if places else None)
