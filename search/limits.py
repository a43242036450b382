"""Choosing what a ranking lets into its result set, so that little that was judged relevant is lost.

The bound: with all limits, recall@100 is at most .005 below that of a ranking without any.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from search.ranking import Ranking, wide_open

# The strictest first. No stricter ones are tried: sets that judge one page a query do not feel them, and on the samples, whose
# queries have lists, 0.4 and 0.025 cost .03 nDCG@10 and .07 recall@100.
AT_LEAST = (0.3, 0.25, 0.2, 0.1, 0.0)
MARGINS = (0.045, 0.05, 0.06, 0.08, 2.0)
# Of mean recall@100, against no limits: what may be lost when this one is set, by it and by those before it.
LOSS = {"floor": 0.004, "at_least": 0.004, "margin": 0.005}
FLOOR_QUANTILE = 0.005  # of the queries' best cosines: below it lies what is no question
FLOOR_SLACK = 0.01  # the best of a hundred pages lies that much lower than the best of thousands
NAME_FIELDS = ("names", "title", "title_concepts")  # short fields: holding one term of a long query is no accident


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ranking with its limits, and mean recall@100 without and with them."""

    ranking: Ranking
    open_recall: float
    recall: float


def choose(ranking: Ranking, best_cosines: Mapping[str, Sequence[float]], recall: Callable[[Ranking], float]) -> Chosen:
    """The strictest limits whose loss is small; best_cosines: leg name -> the best cosine of each query that is a question.

    Floors come first: they follow from the questions, and the others may lose what floors leave. at_least comes before margin:
    a lexical leg without it lets in half the corpus, and then a margin changes nothing.
    """
    free = wide_open(ranking)
    base = recall(free)

    def strictest(limit: str, candidates: Iterable[Ranking]) -> Ranking:
        return next(candidate for candidate in candidates if recall(candidate) >= base - LOSS[limit])

    with_floors = strictest("floor", (_with_floors(free, _floors(best_cosines)), free))
    narrow = strictest("at_least", (_with_at_least(with_floors, value) for value in AT_LEAST))
    chosen = strictest("margin", (_with_margin(narrow, value) for value in MARGINS))
    return Chosen(chosen, base, recall(chosen))


def _floors(best_cosines: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Leg name -> the cosine that nearly every question's best page reaches."""
    return {
        name: float(np.floor((np.quantile(tops, FLOOR_QUANTILE) - FLOOR_SLACK) * 1000) / 1000)
        for name, tops in best_cosines.items()
        if len(tops)
    }


def _with_floors(ranking: Ranking, floors: Mapping[str, float]) -> Ranking:
    return replace(ranking, legs=tuple(replace(leg, floor=floors.get(leg.name, leg.floor)) for leg in ranking.legs))


def _with_margin(ranking: Ranking, value: float) -> Ranking:
    return replace(ranking, legs=tuple(replace(leg, margin=value) if leg.kind == "knn" else leg for leg in ranking.legs))


def _with_at_least(ranking: Ranking, value: float) -> Ranking:
    return replace(
        ranking,
        legs=tuple(
            replace(leg, at_least=value) if leg.kind == "match" and leg.field not in NAME_FIELDS else leg
            for leg in ranking.legs
        ),
    )
