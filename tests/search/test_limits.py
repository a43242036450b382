"""Limits of the result set: the strictest that lose little."""

import pytest

from search.limits import choose
from search.ranking import LegSpec, Ranking

RANKING = Ranking(
    "r",
    (
        LegSpec("exact", "match", "names", {"bias": 0.0}, at_least=0.3),
        LegSpec("body", "match", "body", {"bias": 0.0}, at_least=0.3),
        LegSpec("near", "knn", "passages", {"bias": 0.0}, floor=0.5, margin=0.01),
    ),
)
COSINES = {"near": [0.8 + i / 10_000 for i in range(1000)]}


def leg(ranking, name):
    return next(one for one in ranking.legs if one.name == name)


def test_the_strictest_limits_that_lose_little_are_chosen():
    def recall(ranking):
        lost = 0.1 * (leg(ranking, "body").at_least > 0.22) + 0.1 * (leg(ranking, "near").margin < 0.05)
        return 0.9 - lost

    chosen = choose(RANKING, COSINES, recall)
    assert (leg(chosen.ranking, "body").at_least, leg(chosen.ranking, "near").margin) == (0.2, 0.05)
    assert leg(chosen.ranking, "exact").at_least == 0  # a name of one word in a long question is no accident
    assert (chosen.open_recall, chosen.recall) == pytest.approx((0.9, 0.9))


def test_each_limit_may_lose_its_own_part():
    def recall(ranking):
        return 0.9 - 0.003 * (leg(ranking, "near").margin < 0.05) - 0.003 * (leg(ranking, "body").at_least > 0.1)

    chosen = choose(RANKING, COSINES, recall)
    assert chosen.recall >= chosen.open_recall - 0.005
    assert leg(chosen.ranking, "body").at_least == 0.3
    assert leg(chosen.ranking, "near").margin == 0.05


def test_what_a_floor_loses_is_not_lost_again_by_the_others():
    def recall(ranking):
        return 0.9 - 0.003 * (leg(ranking, "near").floor > -1) - 0.003 * (leg(ranking, "body").at_least > 0.1)

    chosen = choose(RANKING, COSINES, recall)
    assert chosen.recall >= chosen.open_recall - 0.005
    assert leg(chosen.ranking, "near").floor > -1
    assert leg(chosen.ranking, "body").at_least == 0.1


def test_a_floor_that_loses_too_much_is_left_out():
    chosen = choose(RANKING, COSINES, lambda ranking: 0.9 - 0.1 * (leg(ranking, "near").floor > -1))
    assert leg(chosen.ranking, "near").floor == -1
    assert leg(chosen.ranking, "body").at_least == 0.3


def test_the_floor_is_where_almost_no_question_lies():
    chosen = choose(RANKING, COSINES, lambda ranking: 1.0)
    assert leg(chosen.ranking, "near").floor == pytest.approx(0.79, abs=0.001)
    assert leg(choose(RANKING, {"near": []}, lambda ranking: 1.0).ranking, "near").floor == -1  # a leg that nothing was seen of
