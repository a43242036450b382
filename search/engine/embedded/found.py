"""What a leg found, and the order in which documents are named: best first, equal scores by doc_id."""

from dataclasses import dataclass

import numpy as np

from search.engine.embedded.snapshot import Snapshot


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
    places = np.arange(len(found.docs))
    if limit is not None and 0 < limit < len(places):
        worst = np.partition(found.scores, -limit)[-limit]
        places = np.flatnonzero(found.scores >= worst)
    places = places[np.argsort(-found.scores[places], kind="stable")]
    if len(snapshot.shards) > 1:  # inside one shard documents stand in the order of their ids
        places = _ties_by_id(snapshot, found, places)
    return places[:limit]


def _ties_by_id(snapshot: Snapshot, found: Found, places: np.ndarray) -> np.ndarray:
    scores = found.scores[places]
    ties = np.flatnonzero(scores[1:] == scores[:-1])
    if not len(ties):
        return places
    ids = snapshot.ids[found.docs[places]]
    ordered = places.copy()
    begins = ties[np.diff(ties, prepend=-2) > 1]
    ends = ties[np.diff(ties, append=len(scores) + 1) > 1] + 2
    for a, b in zip(begins.tolist(), ends.tolist()):
        ordered[a:b] = places[a + np.argsort(ids[a:b], kind="stable")]
    return ordered
