"""Fusion: contributions add up, weights sum to one, a filter reorders nothing."""

import math
import random
from dataclasses import replace

import pytest

from search.errors import BadQuery
from search.query import LegResult, ScoredDoc
from search.ranking import FEATURES, LegSpec, candidates, features, fuse, ranking, rankings, weights

LEGS = (
    LegSpec("bm25.body", "match", "body", {"bias": 0.3, "long": -1.0}, half=5.0),
    LegSpec("bert", "knn", "passages", {"bias": 1.0, "agreement": 0.5}, middle=0.8, width=0.03),
)
VALUES = dict.fromkeys(FEATURES, 0.3) | {"bias": 1.0}


def results(*lists):
    return [LegResult(docs=tuple(ScoredDoc(doc_id, score) for doc_id, score in one)) for one in lists]


def test_the_named_rankings_are_the_five():
    assert list(rankings()) == ["tfidf", "bm25", "word2vec", "bert", "hybrid"]


def test_an_unknown_ranking_names_those_there_are():
    with pytest.raises(BadQuery, match="hybrid"):
        ranking("best")


def test_weights_sum_to_one_and_follow_their_gates():
    assert sum(weights(LEGS, VALUES)) == pytest.approx(1)
    short, long = weights(LEGS, VALUES | {"long": 0.0}), weights(LEGS, VALUES | {"long": 1.0})
    assert short[0] > long[0]


def test_contributions_add_up_to_the_score_on_one_scale():
    found = results([("a", 12.0), ("b", 3.0)], [("b", 0.95), ("a", 0.8), ("c", 0.6)])
    fixed = weights(LEGS, VALUES)
    scores = fuse(LEGS, found, fixed)
    for candidate in candidates(list(scores), LEGS, found, fixed):
        assert candidate.score == pytest.approx(sum(reason.contribution for reason in candidate.reasons))
        assert candidate.score == pytest.approx(scores[candidate.doc_id])
        assert 0 <= candidate.score <= 1


def test_equal_scores_sort_by_id():
    assert list(fuse(LEGS, results([("b", 2.0), ("a", 2.0)], []), [0.5, 0.5])) == ["a", "b"]


@pytest.mark.parametrize("limit", [0, 1, 5, 20, 40, 100])
def test_the_first_of_a_list_are_the_whole_lists_first(limit):
    rng = random.Random(limit)
    docs = [(f"d{i:02}", rng.choice([1.0, 2.0, 3.0])) for i in rng.sample(range(40), 40)]
    found = results(docs, docs[::3])
    assert list(fuse(LEGS, found, [0.5, 0.5], limit).items()) == list(fuse(LEGS, found, [0.5, 0.5]).items())[:limit]


def test_the_best_passage_is_the_passage_legs():
    legs = (replace(LEGS[1], field="doc_vector"), LEGS[1])
    found = [LegResult(docs=(ScoredDoc("a", 0.9, 0),)), LegResult(docs=(ScoredDoc("a", 0.9, 3),))]
    assert candidates(["a"], legs, found, [0.5, 0.5])[0].passage == 3


def test_removing_documents_reorders_nothing():
    rng = random.Random(1)
    lists = [[(f"d{i}", rng.uniform(0.5, 20)) for i in range(50)], [(f"d{i}", rng.uniform(0.6, 0.95)) for i in range(50)]]
    keep = {f"d{i}" for i in rng.sample(range(50), 20)}
    fixed = weights(LEGS, VALUES)
    whole = list(fuse(LEGS, results(*lists), fixed))
    cut = fuse(LEGS, results(*[[pair for pair in one if pair[0] in keep] for one in lists]), fixed)
    assert list(cut) == [doc_id for doc_id in whole if doc_id in keep]


@pytest.mark.parametrize("name", list(rankings()))
def test_every_curve_stays_between_nought_and_one_and_rises(name):
    for leg in ranking(name).legs:
        scores = [leg.score(raw) for raw in (-1.0, 0.0, 0.3, 0.7, 0.8, 0.9, 1.0)] if leg.kind == "knn" else []
        scores = scores or [leg.score(raw) for raw in (0.0, 0.1, 1.0, 10.0, 1000.0)]
        assert scores == sorted(scores)
        assert 0 <= scores[0] <= scores[-1] <= 1
        assert math.isfinite(scores[-1])


def test_agreement_is_the_share_of_common_heads():
    head = LegResult(head=(ScoredDoc("a", 1.0), ScoredDoc("b", 1.0)))
    other = LegResult(head=(ScoredDoc("b", 1.0), ScoredDoc("c", 1.0)))
    assert features("头", 1, 1, LEGS, [head, other])["agreement"] == pytest.approx(0.5)
    assert features("", 0, 0, (), ())["agreement"] == 0
