"""What becomes of each judged query, whatever the set looks like."""

import pytest

from search.errors import BadQuery
from search.evaluation.dataset import Dataset
from search.evaluation.evaluate import absent_pages, evaluate
from search.query import ScoredDoc
from tests.factories import make_entry


@pytest.fixture
def judged(tmp_path):
    """A set of numbered queries over numbered pages: the numbers of both have nothing to do with each other."""
    (tmp_path / "corpus.jsonl").write_text('{"_id": 1, "text": "头痛"}\n{"_id": 2, "text": "咳嗽"}\n', encoding="utf-8")
    (tmp_path / "queries.tsv").write_text("1\t头疼\n2\t老咳\n", encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("1 0 1 1\n2 0 2 1\n2 0 gone 1\n", encoding="utf-8")
    return Dataset.open(tmp_path)


def docs(*doc_ids):
    return [ScoredDoc(doc_id, 1.0) for doc_id in doc_ids]


def test_a_judged_page_counts_though_its_number_is_the_querys(judged):
    report = evaluate(judged, {"r": lambda query: docs("1") if query.text == "头疼" else docs("2")})
    assert report["rankings"]["r"]["Success@1"] == 1


def test_a_page_that_is_the_query_itself_is_left_out(judged):
    """As in sets whose queries are pages of the corpus: nobody judges a page for itself."""
    judged.qrels["1"] = {"2": 1}
    report = evaluate(judged, {"r": lambda query: docs("1", "2")})
    assert report["rankings"]["r"]["Success@1"] == 0.5


def test_a_query_that_cannot_be_asked_counts_as_nought_and_is_named(judged):
    def rank(query):
        if query.text == "老咳":
            raise BadQuery("太长")
        return docs("1")

    report = evaluate(judged, {"r": rank, "s": rank})
    assert report["rankings"]["r"]["Success@1"] == 0.5
    assert report["refused"] == {"2": "太长"}


def test_judged_pages_that_the_corpus_lacks_are_found(judged):
    assert absent_pages(judged, lambda ids: [make_entry(doc_id) for doc_id in ids if doc_id != "gone"]) == ["gone"]
