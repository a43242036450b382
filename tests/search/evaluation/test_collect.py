"""Examples for tuning: what the legs say, and what counts beside the judged page."""

import numpy as np

from search.errors import BadQuery
from search.evaluation.collect import RELATED_MOST, RELATED_SHARE, collect
from search.query import Evidence, LegResult, ScoredDoc


class Judged:
    """One query whose page is `gold`."""

    name = "set"
    queries = {"q": "头痛"}  # noqa: RUF012
    qrels = {"q": {"gold": 1}}  # noqa: RUF012


def docs(*scored):
    return LegResult(docs=tuple(ScoredDoc(doc_id, score) for doc_id, score in scored))


def ask(text):
    lists = (docs(("gold", 3.0), ("kin", 2.0), ("other", 1.0)), docs(("kin", 0.9)))
    return Evidence(("words", "near"), (2, 1), lists, {"bias": 1.0})


def examples(related=lambda doc_id: ()):
    return collect(Judged(), ("words", "near", "absent"), ("bias",), ask, 10, related)


def test_an_example_holds_what_every_leg_says_of_every_candidate():
    (example,) = examples()
    nan = np.nan
    np.testing.assert_equal(example.raw, np.array([[3.0, nan, nan], [2.0, 0.9, nan], [1.0, nan, nan]]))
    assert example.gains.tolist() == [1, 0, 0]
    assert example.sizes.tolist() == [2, 1, 1]


def test_a_query_that_cannot_be_asked_is_left_out():
    def refuse(text):
        raise BadQuery("太长")

    assert collect(Judged(), ("words",), ("bias",), refuse, 10) == []


def test_a_judged_page_counts_though_its_number_is_the_querys():
    class Numbered(Judged):
        queries = {"gold": "头痛"}  # noqa: RUF012
        qrels = {"gold": {"gold": 1}}  # noqa: RUF012

    (example,) = collect(Numbered(), ("words", "near"), ("bias",), ask, 10)
    assert example.gains.tolist() == [1, 0, 0]


def test_a_page_about_the_same_counts_a_little():
    (example,) = examples(lambda doc_id: ["kin"] if doc_id == "gold" else [])
    assert example.gains.tolist() == [1, RELATED_MOST, 0]


def test_many_pages_about_the_same_never_count_more_than_their_share():
    (example,) = examples(lambda doc_id: ["kin", *map(str, range(1000))])
    assert example.gains[1:].sum() <= RELATED_SHARE
    assert example.gains[0] == 1
