"""Measures on runs small enough to check by hand."""

import math

import pytest

from search.evaluation.measures import means, per_query
from search.query import ScoredDoc

QRELS = {"q1": {"a": 3, "b": 1}, "q2": {"c": 1}}


def docs(*doc_ids):
    return [ScoredDoc(doc_id, 1.0) for doc_id in doc_ids]


def test_measures_follow_the_lists_order_even_where_scores_tie():
    table = per_query(QRELS, {"q1": docs("x", "a", "b"), "q2": docs("c")})
    ideal = 3 + 1 / math.log2(3)
    assert table["nDCG@10"]["q1"] == pytest.approx((3 / math.log2(3) + 1 / 2) / ideal)
    assert table["RR@10"] == {"q1": 0.5, "q2": 1.0}
    assert table["Success@1"] == {"q1": 0.0, "q2": 1.0}
    assert table["Judged@10"]["q1"] == pytest.approx(2 / 3) or table["Judged@10"]["q1"] == pytest.approx(0.2)


def test_a_query_without_an_answer_counts_as_nought():
    row = means(per_query(QRELS, {"q1": docs("a", "b")}))
    assert row["nDCG@10"] == pytest.approx(0.5)
    assert row["R@100"] == pytest.approx(0.5)


def test_an_empty_run_is_nought_everywhere():
    assert set(means(per_query(QRELS, {})).values()) == {0.0}
