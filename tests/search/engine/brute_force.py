"""What retrieve must answer, computed the slow and obvious way: the oracle of the embedded engine's random tests."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from search.document import IndexEntry
from search.engine.embedded.bm25 import LENGTHS
from search.query import FIELDS, Filters, Knn, Leg, Match, Phrase, Sparse

Scores = dict[str, float]


def search(
    entries: Mapping[str, IndexEntry], legs: Sequence[Leg], filters: Filters, limit: int, facets: Iterable[str]
) -> tuple[list[list[tuple[str, float]]], int, dict[str, dict[str, int]]]:
    """Each leg's (doc_id, score) in order, the total, and the counts."""
    found = [leg_scores(entries, leg) for leg in legs]
    union = {doc_id for scores in found for doc_id in scores} if legs else {i for i, e in entries.items() if not e.hidden}
    inside = {doc_id for doc_id in union if passes(entries[doc_id], filters)}
    ordered = [[doc_id for doc_id in ranked(scores) if doc_id in inside] for scores in found]
    named = {doc_id for docs in ordered for doc_id in docs[:limit]}
    lists = [[(i, scores[i]) for i in docs if i in named] for docs, scores in zip(ordered, found, strict=True)]
    counts = {}
    for field in facets:
        hits = [entries[doc_id] for doc_id in union if passes(entries[doc_id], filters, leave_out=field)]
        counts[field] = dict(Counter(value for entry in hits for value in FIELDS[field](entry)))
    return lists, len(inside), counts


def leg_scores(entries: Mapping[str, IndexEntry], leg: Leg) -> Scores:
    """The visible documents that a leg matches or keeps."""
    if isinstance(leg, Match):
        scores = bm25(entries, leg)
    elif isinstance(leg, Sparse):
        dots = {
            i: sum(weight * entry.tfidf.get(term, 0) for term, weight in leg.weights.items()) for i, entry in entries.items()
        }
        scores = {doc_id: dot for doc_id, dot in dots.items() if dot > 0}
    else:
        return nearest(entries, leg)
    return {doc_id: score for doc_id, score in scores.items() if not entries[doc_id].hidden}


def bm25(entries: Mapping[str, IndexEntry], leg: Match) -> Scores:
    """Lucene's BM25, hidden documents counting in its statistics."""
    bags = {doc_id: Counter(entry.terms.get(leg.field, ())) for doc_id, entry in entries.items()}
    bags = {doc_id: bag for doc_id, bag in bags.items() if bag}
    terms = list(dict.fromkeys(leg.terms))
    average = sum(bag.total() for bag in bags.values()) / max(1, len(bags))
    freqs = {term: sum(term in bag for bag in bags.values()) for term in terms}
    scores = {}
    for doc_id, bag in bags.items():
        held = [term for term in terms if term in bag]
        if len(held) >= max(1, math.ceil(leg.at_least * len(terms))):
            norm = 1.2 * (0.25 + 0.75 * max(length for length in LENGTHS if length <= bag.total()) / average)
            idfs = [math.log(1 + (len(bags) - freqs[term] + 0.5) / (freqs[term] + 0.5)) for term in held]
            scores[doc_id] = sum(2.2 * idf * bag[term] / (bag[term] + norm) for term, idf in zip(held, idfs, strict=True))
    return scores


def nearest(entries: Mapping[str, IndexEntry], leg: Knn) -> Scores:
    """The k nearest, less floor and margin."""
    query = np.array(leg.vector, float)
    scores = {}
    for doc_id, entry in entries.items():
        vectors = [passage.vector for passage in entry.passages] if leg.field == "passages" else [entry.doc_vector]
        cosines = [float(query @ v / np.linalg.norm(query) / np.linalg.norm(v)) for v in map(np.array, filter(None, vectors))]
        if cosines and not entry.hidden:
            scores[doc_id] = max(cosines)
    kept = ranked(scores)[: leg.k]
    best = scores[kept[0]] if kept else -2
    return {doc_id: scores[doc_id] for doc_id in kept if best >= leg.floor and scores[doc_id] >= best - leg.margin}


def ranked(scores: Scores) -> list[str]:
    """Best first, equal scores (to nine digits: sums are made in another order here) by id."""
    return sorted(scores, key=lambda doc_id: (-round(scores[doc_id], 9), doc_id))


def passes(entry: IndexEntry, filters: Filters, leave_out: str = "") -> bool:
    """Whether the filters let the entry through."""
    day = entry.document.published_at
    return all(
        [
            *(set(v) & set(FIELDS[f](entry)) for f, v in filters.include.items() if f != leave_out),
            *(not set(v) & set(FIELDS[f](entry)) for f, v in filters.exclude.items() if f != leave_out),
            *(holds(entry, phrase) for phrase in filters.phrases),
            *(not holds(entry, phrase) for phrase in filters.without_terms),
            not filters.published_from or (day and day >= filters.published_from),
            not filters.published_to or (day and day <= filters.published_to),
            entry.newest or not filters.newest_only,
        ]
    )


def holds(entry: IndexEntry, phrase: Phrase) -> bool:
    """Whether the terms stand side by side in the field; terms are single characters here."""
    return any("".join(phrase.terms) in "".join(entry.terms.get(field, ())) for field in phrase.fields)
