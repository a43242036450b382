"""Choosing what a ranking lets into its result set, so that little that was judged relevant is lost.

The bound: recall@100 loses at most .005 against a ranking without limits; at_least and margin may take a part of it each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from search.ranking import Ranking, wide_open

# The strictest first. No stricter ones are tried: sets that judge one page a query do not feel them, and on the samples, whose
# queries have lists, 0.4 and 0.025 cost .03 nDCG@10 and .07 recall@100.
AT_LEAST = (0.3, 0.25, 0.2, 0.1, 0.0)
MARGINS = (0.045, 0.05, 0.06, 0.08, 2.0)
LOSS = {"at_least": 0.004, "margin": 0.001}  # of mean recall@100
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

    at_least comes first: a lexical leg without it lets in half the corpus, and then a margin changes nothing.
    """
    chosen = wide_open(ranking)
    target = base = recall(chosen)
    for limit, with_limit, values in (("at_least", _with_at_least, AT_LEAST), ("margin", _with_margin, MARGINS)):
        target -= LOSS[limit]
        candidates = (with_limit(chosen, value) for value in values)
        chosen = next(candidate for candidate in candidates if recall(candidate) >= target)
    floors = {
        name: float(np.floor((np.quantile(tops, FLOOR_QUANTILE) - FLOOR_SLACK) * 1000) / 1000)
        for name, tops in best_cosines.items()
        if len(tops)
    }
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
