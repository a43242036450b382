"""Judged sets: layouts, headers, splits, and what is wrong with them."""

import gzip
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


BEIR_HEADER = "query-id\tcorpus-id\tscore\n"


@pytest.mark.parametrize("header", ["", BEIR_HEADER, "query-id\titeration\tcorpus-id\tscore\n"])
@pytest.mark.parametrize("row", ["q1\td1\t2\n", "q1\t0\td1\t2\n", "q1 0 d1 2\n", "q1\td1\t 2.0\r\n", " q1 0  d1 2"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_judgements_are_read_in_beirs_and_trecs_layout_with_or_without_a_header(folder, header, row, mark):
    (folder / "qrels" / "dev.tsv").write_text(f"{mark}{header}{row}", encoding="utf-8")
    assert Dataset.open(folder).qrels == {"q1": {"d1": 2}}


@pytest.mark.parametrize("row", ["q1,d1,1", "q1\td1\t0.5", "q1\td1", "q1\t0\td1\tgood\nq1\t0\td1\tbad"])
def test_what_is_no_judgement_is_no_header_either(folder, row):
    (folder / "qrels" / "dev.tsv").write_text(f"{row}\n", encoding="utf-8")
    with pytest.raises(BadQuery, match=r"dev\.tsv:[12] "):
        _ = Dataset.open(folder).qrels


@pytest.mark.parametrize(("name", "charset"), [("qrels/dev.tsv", "utf-16"), ("queries.jsonl", "gb18030")])
def test_a_file_of_another_charset_is_named_with_a_way_out(folder, name, charset):
    path = folder / name
    path.write_bytes(path.read_text(encoding="utf-8").encode(charset))
    with pytest.raises(BadQuery, match=f"{name} .*iconv"):
        _ = Dataset.open(folder).queries


@pytest.mark.parametrize("name", ["qrels/dev.tsv", "queries.jsonl", "corpus.jsonl"])
def test_a_compressed_file_is_to_be_unpacked_first(folder, name):
    path = folder / name
    path.rename(path.with_name(f"{path.name}.gz"))
    with pytest.raises(BadQuery, match=rf"gunzip -k .*{path.name}\.gz"):
        _ = Dataset.open(folder).queries, Dataset.open(folder).corpus


@pytest.mark.parametrize("content", [gzip.compress(b"{}"), b"[" * 300, "\ufeff{}".encode() * 100])
def test_a_short_file_of_anything_is_no_link_to_another_corpus(folder, content):
    (folder / "corpus.jsonl").write_bytes(content)
    assert Dataset.open(folder).corpus == folder / "corpus.jsonl"


def test_numbers_for_ids_are_read_as_text(folder):
    (folder / "queries.jsonl").write_text('{"_id": 7, "text": "头疼"}\n', encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text("7\t1\t1\n", encoding="utf-8")
    assert Dataset.open(folder).queries == {"7": "头疼"}


def test_a_broken_judgement_is_named(folder):
    (folder / "qrels" / "dev.tsv").write_text("q1\td1\t2\nq1\td2\n", encoding="utf-8")
    with pytest.raises(BadQuery, match=r"dev.tsv:2"):
        _ = Dataset.open(folder).qrels


def test_an_unknown_split_names_those_there_are(folder):
    with pytest.raises(BadQuery, match="dev"):
        Dataset.open(folder, "test")


@pytest.mark.parametrize("missing", ["corpus.jsonl", "qrels", "queries.jsonl"])
def test_what_is_missing_is_named(folder, missing):
    (folder / missing).rename(folder / "gone")
    with pytest.raises(BadQuery, match=missing):
        _ = Dataset.open(folder).queries, Dataset.open(folder).corpus


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
        ("queries.jsonl", '{"_id": "q1", "text": null}\n', "queries.jsonl:1"),
        ("queries.jsonl", '{"_id": "q1", "text": "头痛"}\n{"_id": "q1", "text": "咳嗽"}\n', "queries.jsonl:2.*q1"),
        ("queries.jsonl", '{"_id": "nobody", "text": "头痛"}\n', "没有一个"),
        ("queries.tsv", "q1\n", "queries.tsv:1"),
    ],
)
def test_half_written_queries_are_named(folder, name, text, said):
    (folder / "queries.jsonl").unlink()
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadQuery, match=said):
        _ = Dataset.open(folder).queries
