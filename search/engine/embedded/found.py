"""What a leg found, and the order in which documents are named: best first, equal scores by doc_id."""

from dataclasses import dataclass

import numpy as np

from search.engine.embedded.snapshot import Snapshot

SAMPLE_STEP = 16  # one value in so many is looked at first


@dataclass(frozen=True, slots=True)
class Found:
    """Documents int64 [n], ascending; scores float64 [n]; passages int64 [n], or None where a leg has none."""

    docs: np.ndarray
    scores: np.ndarray
    passages: np.ndarray | None = None

    def at(self, places: np.ndarray) -> "Found":
        """The documents in these places (indices or bool [n]), in that order."""
        return Found(self.docs[places], self.scores[places], None if self.passages is None else self.passages[places])


NOTHING = Found(np.zeros(0, np.int64), np.zeros(0))


def best_first(snapshot: Snapshot, found: Found, limit: int | None = None) -> np.ndarray:
    """The places of the `limit` best (of all) in order; at the cut too, equal scores go by doc_id."""
    if limit == 0:
        return np.zeros(0, np.int64)
    places = np.arange(len(found.docs))
    if limit is not None and limit < len(places):
        places = largest(found.scores, limit)
    places = places[np.argsort(-found.scores[places], kind="stable")]
    if len(snapshot.shards) > 1 and len(places):
        places = _ties_by_id(snapshot, found, places)
    return places[:limit]


def largest(values: np.ndarray, count: int) -> np.ndarray:
    """The places (ascending) of the `count` largest values, and of all that equal the last of these."""
    places = np.flatnonzero(values >= _likely_floor(values, count))
    if len(places) < count:
        places = np.arange(len(values))
    if len(places) <= count:
        return places
    chosen = values[places]
    return places[chosen >= np.partition(chosen, -count)[-count]]


def _likely_floor(values: np.ndarray, count: int) -> float:
    """A value that probably more than `count` values reach: a sample's, so that few remain to be partitioned."""
    sample = values[::SAMPLE_STEP]
    wanted = 3 * count // (2 * SAMPLE_STEP) + SAMPLE_STEP
    return np.partition(sample, -wanted)[-wanted] if wanted < len(sample) else -np.inf


def _ties_by_id(snapshot: Snapshot, found: Found, places: np.ndarray) -> np.ndarray:
    """Inside a shard documents stand in the order of their ids; only ties between shards are to be sorted."""
    scores = found.scores[places]
    begins = np.flatnonzero(np.diff(scores, prepend=np.nan))
    ends = np.append(begins[1:], len(places))
    shards = snapshot.shard_of(found.docs[places])
    across = shards[begins] != shards[ends - 1]
    ordered = places.copy()
    for a, b in zip(begins[across].tolist(), ends[across].tolist(), strict=True):
        ordered[a:b] = places[a + np.argsort(snapshot.ids[found.docs[places[a:b]]], kind="stable")]
    return ordered
