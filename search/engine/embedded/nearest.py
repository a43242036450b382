"""What a Knn leg keeps of a snapshot: an exact scan, best passages, floor and margin."""

import numpy as np

from search.engine.embedded.found import NOTHING, Found, best_first, largest
from search.engine.embedded.snapshot import Snapshot
from search.errors import BadQuery
from search.query import VECTOR_FIELDS, Knn

NEVER = np.float32(-2)  # below every cosine


def nearest(snapshot: Snapshot, leg: Knn) -> Found:
    """The k nearest visible documents less what floor and margin leave out. BadQuery: unknown field, wrong dimension."""
    if leg.field not in VECTOR_FIELDS:
        raise BadQuery(f"没有叫 {leg.field} 的向量；可选：{'、'.join(VECTOR_FIELDS)}")
    size = snapshot.stored.sizes.get(leg.field)
    if size is None or leg.k < 1:
        return NOTHING
    if len(leg.vector) != size:
        raise BadQuery(f"这里的 {leg.field} 是 {size} 维，查询的向量是 {len(leg.vector)} 维；请检查 XINGLIN_ENCODER 是不是换了")
    vector = np.array(leg.vector, np.float32)
    if not vector.any() or not np.isfinite(vector).all():
        raise BadQuery(f"全零或含有非数字的向量没有最近的 {leg.field}")
    found = _best_passages(snapshot, leg.field, vector, leg.k)
    order = best_first(snapshot, found, leg.k)
    scores = found.scores[order]
    if not len(order) or scores[0] < leg.floor:
        return NOTHING
    return found.at(np.sort(order[scores >= scores[0] - leg.margin]))


def _best_passages(snapshot: Snapshot, field: str, vector: np.ndarray, k: int) -> Found:
    """The k nearest documents and some more, each with the cosine of its best passage."""
    docs = snapshot.row_docs(field)
    rough, error = _rough(snapshot, field, vector)
    rough[snapshot.unseen_rows(field)] = NEVER
    rows = _promising(docs, rough, k, error)
    return _best_of_each(docs[rows], *_exact(snapshot, field, vector, rows))


def _promising(docs: np.ndarray, rough: np.ndarray, k: int, error: float) -> np.ndarray:
    """The rows (ascending) that the k nearest documents are among, however far off their approximate cosines are."""
    wanted = 2 * k
    while True:
        rows = largest(rough, wanted)
        rows = rows[rough[rows] != NEVER]
        if wanted >= len(rough):
            return rows
        begins = np.flatnonzero(np.diff(docs[rows], prepend=-1))
        if len(begins) >= k:
            bests = np.maximum.reduceat(rough[rows], begins)
            return np.flatnonzero(rough >= np.partition(bests, -k)[-k] - np.float32(2 * error))
        wanted *= 4


def _rough(snapshot: Snapshot, field: str, vector: np.ndarray) -> tuple[np.ndarray, float]:
    """Every row's approximate cosine (float32 [r]), and how far off they are."""
    vectors = [shard.segment.vectors[field] for shard in snapshot.shards]
    rough = np.empty(sum(len(part.docs) for part in vectors), np.float32)
    error = 0.0
    for part, end in zip(vectors, np.cumsum([len(part.docs) for part in vectors]).tolist(), strict=True):
        error = max(error, part.rough(vector, rough[end - len(part.docs) : end]))
    return rough, error


def _exact(snapshot: Snapshot, field: str, vector: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows' cosines (float64), and which of its document's passages each is (int64)."""
    scores, places = [np.zeros(0)], [np.zeros(0, np.int64)]
    base = 0
    for shard in snapshot.shards:
        vectors = shard.segment.vectors[field]
        own = rows[np.searchsorted(rows, base) : np.searchsorted(rows, base + len(vectors.docs))] - base
        if len(own):
            scores.append(vectors.exact(vector, own))
            places.append(vectors.places[own])
        base += len(vectors.docs)
    return np.concatenate(scores), np.concatenate(places)


def _best_of_each(docs: np.ndarray, scores: np.ndarray, places: np.ndarray) -> Found:
    order = np.lexsort((places, -scores, docs))
    first = order[np.flatnonzero(np.diff(docs[order], prepend=-1))]
    return Found(docs[first], scores[first], places[first])
