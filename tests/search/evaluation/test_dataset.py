"""Judged sets: layouts, headers, splits, and what is wrong with them."""

import json

import pytest

from search.errors import BadQuery
from search.evaluation.dataset import Dataset


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "d1", "title": "头痛", "text": "x" * 5000}), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "头疼"}\n\n{"_id": "q2", "text": "无评判"}\n', encoding="utf-8"
    )
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\n", encoding="utf-8")
    return tmp_path


def test_only_judged_queries_are_asked(folder):
    assert Dataset.open(folder).queries == {"q1": "头疼"}


@pytest.mark.parametrize("rows", ["q1\td1\t2\n", "query-id\tcorpus-id\tscore\nq1\td1\t2\n", "q1\t0\td1\t2\n"])
def test_a_header_line_is_passed_over(folder, rows):
    (folder / "qrels" / "dev.tsv").write_text(rows, encoding="utf-8")
    assert Dataset.open(folder).qrels == {"q1": {"d1": 2}}


def test_a_broken_judgement_is_named(folder):
    (folder / "qrels" / "dev.tsv").write_text("q1\td1\t2\nq1\td2\n", encoding="utf-8")
    with pytest.raises(BadQuery, match=r"dev.tsv:2"):
        _ = Dataset.open(folder).qrels


def test_an_unknown_split_names_those_there_are(folder):
    with pytest.raises(BadQuery, match="dev"):
        Dataset.open(folder, "test")


@pytest.mark.parametrize("missing", ["corpus.jsonl", "qrels"])
def test_what_is_missing_is_named(folder, missing):
    (folder / missing).rename(folder / "gone")
    with pytest.raises(BadQuery, match=missing):
        _ = Dataset.open(folder).corpus


def test_a_corpus_may_be_another_sets(folder, tmp_path):
    other = tmp_path / "other"
    (other / "qrels").mkdir(parents=True)
    (other / "qrels" / "dev.tsv").write_text("q1\td1\t1\n", encoding="utf-8")
    (other / "corpus.jsonl").write_text("../corpus.jsonl", encoding="utf-8")
    assert Dataset.open(other).corpus == (folder / "corpus.jsonl").resolve()


def test_our_samples_are_such_a_set():
    from pathlib import Path

    dataset = Dataset.open(Path(__file__).parents[3] / "samples")
    assert dataset.corpus.name == "pages"
    assert len(dataset.queries) == len(dataset.qrels) >= 100


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("queries.jsonl", '{"_id": "q1"}\n', "queries.jsonl:1"),
        ("queries.jsonl", '{"_id": "q1", "text": "头痛"}\n{"_id"', "queries.jsonl:2"),
        ("queries.jsonl", "3\n", "queries.jsonl:1"),
        ("queries.jsonl", '{"_id": "nobody", "text": "头痛"}\n', "没有一个"),
        ("queries.tsv", "q1\n", "queries.tsv:1"),
    ],
)
def test_half_written_queries_are_named(folder, name, text, said):
    (folder / "queries.jsonl").unlink()
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadQuery, match=said):
        _ = Dataset.open(folder).queries
