"""Choosing what a ranking lets into its result set, so that little that was judged relevant is lost.

House rule: recall@100 loses at most .005 against a ranking without limits; each of the three limits may take its part of that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from search.ranking import Ranking, wide_open

AT_LEAST = (0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.0)  # the strictest first
MARGINS = (0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.08, 2.0)
LOSS = 0.002  # of mean recall@100, for each of at_least and margin
FLOOR_QUANTILE = 0.005  # of the queries' best cosines: below it lies what is no question
NAME_FIELDS = ("names", "title")  # short fields: holding one term of a long query is no accident


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ranking with its limits, and mean recall@100 without and with them."""

    ranking: Ranking
    open_recall: float
    recall: float


def choose(ranking: Ranking, best_cosines: Mapping[str, Sequence[float]], recall: Callable[[Ranking], float]) -> Chosen:
    """The strictest limits whose loss is small; best_cosines: leg name -> the best cosine of each query that is a question.

    at_least comes first: a lexical leg without it lets in half the corpus, and then a margin changes nothing.
    """
    chosen = wide_open(ranking)
    target = base = recall(chosen)
    for with_limit, values in ((_with_at_least, AT_LEAST), (_with_margin, MARGINS)):
        target -= LOSS
        candidates = (with_limit(chosen, value) for value in values)
        chosen = next(candidate for candidate in candidates if recall(candidate) >= target)
    floors = {name: float(np.floor(np.quantile(tops, FLOOR_QUANTILE) * 1000) / 1000) for name, tops in best_cosines.items()}
    chosen = replace(chosen, legs=tuple(replace(leg, floor=floors.get(leg.name, leg.floor)) for leg in chosen.legs))
    return Chosen(chosen, base, recall(chosen))


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
