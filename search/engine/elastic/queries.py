"""Legs, filters and sorts as the cluster's query language: pure functions, term by term, no analysis and no scripts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.engine.elastic.layout import KEY_END
from search.errors import BadQuery
from search.query import CHARACTER_FIELDS, FIELDS, VECTOR_FIELDS, WORD_FIELDS, Filters, Knn, Match, Phrase, Sort, Sparse

Query = dict[str, Any]

VISIBLE: Query = {"term": {"hidden": False}}
BY_SCORE: list[Any] = [{"_score": "desc"}, {"doc_id": "asc"}]
SORTS: Mapping[Sort, list[Any]] = {
    "date": [{"published_at": {"order": "desc", "missing": "_last"}}, {"doc_id": "asc"}],
    "title": [{"title_sort": {"order": "asc", "missing": "_last"}}, {"doc_id": "asc"}],
}
TOKEN_CHARS = 255  # the whitespace analyzer cuts longer terms into pieces of this length
DEEPEST = 10_000  # the cluster's limit of hits, of k and of num_candidates
TIES = 50  # read on past k, so that equal scores at the cut are told apart by doc_id
INSIDE = "inside"  # the name under which a hit says that it passes the filters
REGEX_CHARS = 200  # of a prefix; the cluster takes patterns of 1,000 characters, and the rest is compared here
MOST_VALUES = 20_000  # of one field in one count: exact up to here


def lexical(leg: Match | Sparse) -> Query | None:
    """What scores a document for a leg; None where the leg can match nothing."""
    return match(leg) if isinstance(leg, Match) else sparse(leg)


def match(leg: Match) -> Query | None:
    """BM25 of distinct terms."""
    _check(leg.field, (*WORD_FIELDS, *CHARACTER_FIELDS))
    terms = list(dict.fromkeys(leg.terms))
    if not terms:
        return None
    return {"bool": {"should": [_term(leg.field, term) for term in terms], "minimum_should_match": _least(leg, terms)}}


def members(leg: Match | Sparse) -> Query | None:
    """Whom a leg matches, without scores: where one term is enough, in one clause; a search may have no more than some thousand."""
    terms = list(dict.fromkeys(leg.terms)) if isinstance(leg, Match) else []
    if isinstance(leg, Sparse) or not terms or _least(leg, terms) > 1:
        return lexical(leg)
    _check(leg.field, (*WORD_FIELDS, *CHARACTER_FIELDS))
    cut = [term for term in terms if len(term) > TOKEN_CHARS]
    return any_of([{"terms": {leg.field: terms}}, *(_term(leg.field, term) for term in cut)])


def _least(leg: Match, terms: Sequence[str]) -> int:
    """How many of its distinct terms a document must hold."""
    return max(1, math.ceil(leg.at_least * len(terms)))


def _check(field: str, fields: Sequence[str]) -> None:
    if field not in fields:
        raise BadQuery(f"没有叫 {field} 的字段可以这样搜；可选：{'、'.join(fields)}")


def _term(field: str, term: str) -> Query:
    pieces = [term[at : at + TOKEN_CHARS] for at in range(0, len(term), TOKEN_CHARS)]
    if len(pieces) == 1:
        return {"term": {field: term}}
    return {"bool": {"must": [{"term": {field: piece}} for piece in pieces]}}


def sparse(leg: Sparse) -> Query | None:
    """The dot product with the stored weights (which the index keeps in 8 bits each)."""
    _check(leg.field, ("tfidf",))
    weights = {term: float(weight) for term, weight in leg.weights.items() if weight > 0}
    return {"sparse_vector": {"field": leg.field, "query_vector": weights, "prune": False}} if weights else None


def knn(leg: Knn) -> Query | None:
    """The k nearest visible documents and some more, for passages with the place of the best one; None for k < 1.

    BadQuery for an unknown field and for a vector of zeros.
    """
    _check(leg.field, VECTOR_FIELDS)
    if not any(leg.vector):
        raise BadQuery(f"全零的向量没有最近的 {leg.field}")
    if leg.k < 1:
        return None
    k = min(DEEPEST, leg.k + TIES)
    nested = leg.field == "passages"
    near: Query = {
        "field": "passages.vector" if nested else leg.field,
        "query_vector": list(leg.vector),
        "k": k,
        "num_candidates": min(DEEPEST, 2 * k),  # a flat index compares all of them anyway
    }  # without a filter: hidden entries have no vector here, and with one, documents without a vector would score 0
    if not nested:
        return {"knn": near}
    ordinal = {"size": 1, "_source": False, "stored_fields": "_none_"}  # loading nothing else: 11 ms of 250 hits instead of 70
    return {"nested": {"path": "passages", "query": {"knn": near}, "score_mode": "max", "inner_hits": ordinal}}


def field_clauses(filters: Filters) -> dict[str, list[Query]]:
    """By field, what its include and exclude choices demand; BadQuery for an unknown field."""
    clauses: dict[str, list[Query]] = {}
    for field in (*filters.include, *filters.exclude):
        known(field)
        clauses[field] = []
    for field, values in filters.include.items():
        if values:
            clauses[field].append({"terms": {field: list(values)}})
    for field, values in filters.exclude.items():
        clauses[field].append(_no({"terms": {field: list(values)}}))
    return clauses


def known(field: str) -> str:
    """The field, if it is one to filter and count by; else BadQuery."""
    if field not in FIELDS:
        raise BadQuery(f"不能按 {field} 筛选或计数；可选：{'、'.join(FIELDS)}")
    return field


def other_clauses(filters: Filters) -> list[Query]:
    """What all filters but the fields' choices demand."""
    clauses = [_phrase(each) for each in filters.phrases]
    clauses += [_no(_phrase(each)) for each in filters.without_terms]
    if filters.newest_only:
        clauses.append({"term": {"newest": True}})
    span = {"gte": filters.published_from, "lte": filters.published_to}
    if any(span.values()):
        clauses.append({"range": {"published_at": {end: day.isoformat() for end, day in span.items() if day}}})
    return clauses


def all_clauses(filters: Filters) -> list[Query]:
    """What the filters demand, together."""
    return other_clauses(filters) + [clause for clauses in field_clauses(filters).values() for clause in clauses]


def _no(query: Query) -> Query:
    return {"bool": {"must_not": [query]}}


def _phrase(phrase: Phrase) -> Query:
    if not phrase.terms or not phrase.fields or not set(phrase.fields) <= set(CHARACTER_FIELDS):
        raise BadQuery(f"短语要有词，字段要在 {'、'.join(CHARACTER_FIELDS)} 之中；给的是 {phrase}")
    return {"bool": {"should": [{"match_phrase": {field: " ".join(phrase.terms)}} for field in phrase.fields]}}


def scored(query: Query, clauses: Sequence[Query]) -> Query:
    """Visible documents that match and pass the clauses; the query alone gives the score."""
    return {"bool": {"must": [query], "filter": [VISIBLE, *clauses]}}


def marked(query: Query, clauses: Sequence[Query]) -> Query:
    """All that match, those that pass the clauses marked as INSIDE; the query alone gives the score."""
    if not clauses:
        return query  # an empty bool would match all, and add 1 to the score
    return {"bool": {"must": [query], "should": [{"bool": {"_name": INSIDE, "filter": list(clauses)}}]}}


def any_of(queries: Iterable[Query]) -> Query:
    """Documents that one of the queries matches."""
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def count_of(field: str, clauses: Mapping[str, Sequence[Query]]) -> Query:
    """The aggregation that counts a field's values, all fields' choices applied but its own."""
    others = [clause for other, each in clauses.items() if other != field for clause in each]
    return {
        "filter": {"bool": {"filter": others}},
        "aggs": {"values": {"terms": {"field": field, "size": MOST_VALUES}}},
    }


def completion(prefix: str, most: int) -> Query:
    """The body that lists keys beginning with a prefix, the shortest first (a term begins with the key's length)."""
    safe = "".join(char if char.isalnum() else f"\\{char}" for char in prefix[:REGEX_CHARS])
    terms = {"field": "suggest", "include": f"[0-9]{{5}}{safe}.*", "size": most, "order": {"_key": "asc"}}
    return {"size": 0, "query": {"bool": {"filter": [VISIBLE]}}, "aggs": {"keys": {"terms": terms}}}


def shown_names(terms: Iterable[str], prefix: str) -> list[str]:
    """The names that listed keys show, distinct, by the length of the key and then by name."""
    keys = [term[5:].partition(KEY_END) for term in terms]
    found = sorted((len(key), shown) for key, _, shown in keys if key.startswith(prefix))
    return list(dict.fromkeys(shown for _, shown in found))
