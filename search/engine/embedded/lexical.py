"""What the lexical legs find in a snapshot, without filters: visible documents with their scores."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from search.engine.embedded import bm25
from search.engine.embedded.found import NOTHING, Found
from search.engine.embedded.postings import Postings, keys_of
from search.engine.embedded.snapshot import Snapshot
from search.errors import BadQuery
from search.query import CHARACTER_FIELDS, WORD_FIELDS, Match, Sparse

TERMS = 64  # at a time: one by one, what numpy does beside the sums takes as long as they; all at once, memory has no bound


def match(snapshot: Snapshot, leg: Match) -> Found:
    """The documents that hold enough of the leg's terms, with their BM25 scores. BadQuery: unknown field."""
    _known(leg.field, (*WORD_FIELDS, *CHARACTER_FIELDS))
    keys = keys_of(dict.fromkeys(leg.terms))
    required = max(1, math.ceil(leg.at_least * len(keys)))
    n_docs, average = snapshot.lengths(leg.field)
    norms = bm25.norms(average)
    words = [shard.segment.words[leg.field] for shard in snapshot.shards]
    slices = [field.postings.slices(keys) for field in words]
    idfs = bm25.idf(n_docs, _doc_freqs(snapshot, [field.postings for field in words], slices))

    def score(shard: int, idfs: np.ndarray, docs: np.ndarray, counts: np.ndarray) -> np.ndarray:
        return bm25.scores(idfs, counts, norms[words[shard].codes[docs]])

    return _summed(snapshot, [field.postings for field in words], slices, idfs, required, score)


def sparse(snapshot: Snapshot, leg: Sparse) -> Found:
    """The documents that share a term with the leg, with their dot products. BadQuery: unknown field."""
    _known(leg.field, ("tfidf",))
    weights = np.array(list(leg.weights.values()), np.float32).astype(np.float64)
    postings = [shard.segment.tfidf for shard in snapshot.shards]
    slices = [part.slices(keys_of(leg.weights)) for part in postings]
    return _summed(
        snapshot, postings, slices, weights, 1, lambda shard, weights, docs, values: weights * values.astype(np.float64)
    )


def _doc_freqs(snapshot: Snapshot, postings: Sequence[Postings], slices: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray:
    """In how many living documents each term is (int64): replaced ones never count, so statistics do not drift."""
    freqs = np.zeros(len(slices[0]) if slices else 0, np.int64)
    for shard, untouched, part, places in zip(snapshot.shards, snapshot.untouched, postings, slices, strict=True):
        if untouched:  # nearly all documents are in such shards; counting would take 0.15 ms of a hybrid search
            freqs += np.array([b - a for a, b in places], np.int64)
        else:
            freqs += np.array([np.count_nonzero(shard.live[part.docs[a:b]]) for a, b in places], np.int64)
    return freqs


def _summed(
    snapshot: Snapshot,
    postings: Sequence[Postings],
    slices: Sequence[Sequence[tuple[int, int]]],
    weights: np.ndarray,
    required: int,
    score: Callable[[int, np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> Found:
    """Documents with at least `required` of the terms, and the sum of what their postings score.

    The sums are in float64 and in the order of the terms: documents that hold the same score exactly the same.
    """
    parts = []
    for number, (shard, part, places) in enumerate(zip(snapshot.shards, postings, slices, strict=True)):
        sums: np.ndarray = np.zeros(len(shard))
        held = np.zeros(len(shard), np.int32)
        for first in range(0, len(places), TERMS):
            stretches = places[first : first + TERMS]
            docs = np.concatenate([part.docs[a:b] for a, b in stretches])
            values = np.concatenate([part.values[a:b] for a, b in stretches])
            of_each = np.repeat(weights[first : first + TERMS], [b - a for a, b in stretches])
            if required > 1:
                held += np.bincount(docs, minlength=len(shard))
            added = score(number, of_each, docs, values)
            if first:  # each document's sum so far comes before what is added to it
                docs, added = np.append(np.arange(len(shard)), docs), np.append(sums, added)
            sums = np.bincount(docs, added, len(shard))
        matching = np.flatnonzero(held >= required if required > 1 else sums > 0)
        matching = matching[snapshot.visible[matching + shard.base]]
        parts.append((matching + shard.base, sums[matching]))
    return Found(*map(np.concatenate, zip(*parts, strict=True))) if parts else NOTHING


def _known(field: str, fields: Sequence[str]) -> None:
    if field not in fields:
        raise BadQuery(f"no field {field!r} to search so; there are {', '.join(fields)}")
