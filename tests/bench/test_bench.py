"""The bench runs on the samples, and its arithmetic is right."""

import json

import pytest

from bench.commits import EMBEDDED
from bench.queries import read_queries, spread_out
from bench.report import shown
from bench.searching import NUMPY
from bench.timing import Series, Spread, in_turns, percentile
from bench.web import DATA, PAGE
from search.errors import BadQuery
from tests.conftest import run_command


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.95, 4.8), (1.0, 5)])
def test_percentiles_are_interpolated_as_numpys_are(share, value):
    assert percentile([5, 3, 1, 2, 4], share) == pytest.approx(value)


def test_a_figure_is_the_median_of_rounds_with_its_least_and_greatest():
    series = Series([[1, 2, 3], [4, 5, 6], [2, 3, 4]])
    assert series.percentile(0.5) == Spread(3, 2, 5)
    assert series.ratio(Series([[1], [1], [1]])) == Spread(3, 2, 5)
    assert shown(Spread(3, 2, 5)) == "3 (2–5)"


def test_tasks_take_turns_and_each_sees_every_item_once_a_round():
    calls = []
    tasks = {name: lambda item, name=name: calls.append((name, item)) for name in "ab"}
    found = in_turns(tasks, range(4), rounds=2, turn=2)
    assert [len(times) for times in found["a"].rounds] == [4, 4]
    assert sorted(calls) == sorted([(name, item) for name in "ab" for item in range(4)] * 2)
    assert [name for name, _ in calls[:8]] == ["b", "b", "a", "a", "a", "a", "b", "b"]


def test_queries_are_read_from_both_layouts_each_once(tmp_path):
    (tmp_path / "q.tsv").write_text("q1\t头痛\nq2\t咳嗽\nq3\t头痛\n", "utf-8")
    (tmp_path / "q.jsonl").write_text('{"_id": "q1", "text": "头痛"}\n{"_id": "q2", "text": "咳嗽"}\n', "utf-8")
    assert read_queries(tmp_path / "q.tsv") == read_queries(tmp_path / "q.jsonl") == ["头痛", "咳嗽"]
    assert spread_out(["a", "b", "c", "d"], 2) == ["a", "c"]


def test_a_row_that_is_no_query_is_named(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"text": "头痛"}\n{"_id": 2}\n', "utf-8")
    with pytest.raises(BadQuery, match=r"q\.jsonl:2"):
        read_queries(tmp_path / "q.jsonl")


def test_it_runs_on_the_samples_and_prints_one_json_object(samples_settings):
    command = ("bench", "--skip", "elasticsearch,indexing", "--n", "5", "--rounds", "1", "--seconds", "2", "--json")
    report = json.loads(run_command(samples_settings, *command).stdout)
    names = {row["name"] for table in report["tables"] for row in table["rows"]}
    assert {"hybrid, query encoded", "bm25", NUMPY, EMBEDDED, "resident", "index"} <= names
    assert {PAGE, DATA, "all workers answer", "all models are open"} <= names
    assert report["data"]["documents"] == 217
    assert set(report["skipped"]) - {"tantivy"} == {"elasticsearch", "indexing"}  # tantivy comes with `make bench` alone
