"""The commands as a person types them, in processes of their own, over the sample pages."""

import json

import pytest

from search.ranking import LegSpec, rankings
from tests.conftest import run_command

LEG = {"leg", "rank", "raw", "score", "weight", "contribution", "offsets"}


def test_a_query_answers_with_one_json_object(samples_settings):
    answer = json.loads(run_command(samples_settings, "search", "query", "我的头很痛", "--json", "--limit", "3").stdout)
    assert set(answer) >= {"query", "ranking", "total", "took_ms", "notices", "hits", "facets"}
    assert answer["concepts"] == ["头痛"]
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2, 3]
    first = answer["hits"][0]
    assert set(first) >= {"rank", "doc_id", "title", "source", "published_at", "score", "snippet", "reasons"}
    assert all(set(reason) >= LEG for reason in first["reasons"])
    assert sum(reason["contribution"] for reason in first["reasons"]) == pytest.approx(first["score"], abs=1e-4)


def test_an_answer_for_a_person_says_what_was_understood(samples_settings):
    printed = run_command(samples_settings, "search", "query", "脑袋疼拉肚子", "--limit", "1").stdout
    assert printed.splitlines()[1] == "理解为：头痛、腹泻"
    assert "理解为" not in run_command(samples_settings, "search", "query", "怎么办", "--ranking", "bm25").stdout


def test_a_dash_answers_line_by_line_and_a_bad_line_stops_nothing(samples_settings):
    printed = run_command(samples_settings, "search", "query", "-", "--ranking", "bm25", input="头痛\n\n发烧\n").stdout
    rows = [json.loads(line) for line in printed.splitlines()]
    assert [row["query"] for row in rows] == ["头痛", "", "发烧"]
    assert "error" in rows[1]
    assert rows[0]["hits"]
    assert rows[2]["hits"]


def test_filters_and_sorting_are_taken(samples_settings):
    command = ("search", "query", "头痛", "--ranking", "bm25", "--json", "--sort", "date")
    answer = json.loads(run_command(samples_settings, *command, "--filter", "kind=disease", "--exclude", "year=2023").stdout)
    dates = [hit["published_at"] for hit in answer["hits"]]
    assert dates == sorted(dates, reverse=True)
    assert not [day for day in dates if day.startswith("2023")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["头痛", "--ranking", "best"], "hybrid"),
        (["头痛", "--filter", "colour=red"], "department"),
        (["头痛", "--limit", "0"], "limit"),
        ([" "], "请写下"),
        (["头" * 3000], "最多 2,000 字"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(samples_settings, arguments, said):
    done = run_command(samples_settings, "search", "query", *arguments, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_engine_that_is_away_is_said_in_a_sentence(samples_settings):
    from dataclasses import replace

    away = replace(samples_settings, engine="http://127.0.0.1:9/xinglin")
    done = run_command(away, "search", "query", "头痛", check=False)
    assert done.returncode == 1
    assert "http://127.0.0.1:9/xinglin" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_there_is(samples_settings):
    findings = {row["name"]: row for row in json.loads(run_command(samples_settings, "search", "doctor", "--json").stdout)}
    assert findings["engine"]["state"] == "good"
    assert "217 篇" in findings["engine"]["detail"]
    assert findings["encoder"]["state"] == "good"


def test_the_doctor_lists_models_of_other_indexes_and_how_to_drop_them(samples_settings, tmp_path):
    from dataclasses import replace

    models = tmp_path / "var" / "models"
    (models / "bert").mkdir(parents=True)
    for encoder in (samples_settings.var / "models" / "bert").glob("[0-9a-f]*"):
        (models / "bert" / encoder.name).symlink_to(encoder)
    own = replace(samples_settings, engine="", var=tmp_path / "var")
    run_command(own, "indexer", "load", "-", input='{"_id": "a", "text": "头痛，头很痛。"}\n')
    assert "rm -r" not in run_command(own, "search", "doctor").stdout
    old = models / "tfidf" / "0123456789ab"
    old.mkdir()
    (old / "idf.json").write_bytes(b"x" * 1_300_000)
    (finding,) = [
        row for row in json.loads(run_command(own, "search", "doctor", "--json").stdout) if row["name"] == "other model"
    ]
    assert finding["state"] == "good"
    assert f"{old}，1.3 MB" in finding["detail"]
    assert finding["mend"].endswith(f"rm -r {old}")


def test_two_rankings_stand_side_by_side(samples_settings):
    printed = run_command(samples_settings, "search", "side-by-side", "我的头很痛").stdout
    assert "bm25：" in printed
    assert "hybrid：" in printed
    assert "只此" in printed


def test_loading_again_changes_nothing(samples_settings):
    answer = json.loads(run_command(samples_settings, "indexer", "load", "samples/pages", "--json").stdout)
    assert (answer["read"], answer["unchanged"], answer["new"], answer["changed"]) == (217, 217, 0, 0)


def test_an_empty_index_says_how_to_fill_it(samples_settings, tmp_path):
    from dataclasses import replace

    empty = replace(samples_settings, engine=f"embedded:{tmp_path / 'index'}")
    run_command(empty, "indexer", "load", "-", input="")
    assert "python -m indexer load" in run_command(empty, "search", "query", "头痛").stdout


@pytest.mark.parametrize(
    "command",
    [
        ("search", "query", "头痛"),
        ("search", "side-by-side", "头痛"),
        ("search", "doctor"),
        ("indexer", "fit"),
        ("indexer", "rebuild"),
    ],
    ids=" ".join,
)
def test_at_a_mistyped_place_nothing_is_made_and_the_indexes_beside_it_are_named(samples_settings, tmp_path, command):
    from dataclasses import replace

    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "index.db").touch()
    (tmp_path / "notes").mkdir()
    mistyped = replace(samples_settings, engine=f"embedded:{tmp_path / 'indx'}")
    done = run_command(mistyped, *command, check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert f"{tmp_path / 'indx'} 里没有索引" in said
    assert "python -m indexer load" in said
    assert f"embedded:{tmp_path / 'index'}" in said
    assert "notes" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "notes"]


def test_broken_rows_are_refused_and_the_rest_is_taken(samples_settings, tmp_path):
    from dataclasses import replace

    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        '{"_id": "a", "title": "头痛", "text": "头痛。"}\n{broken\n{"_id": "a", "text": "重复"}\n', encoding="utf-8"
    )
    own = replace(samples_settings, engine=f"embedded:{tmp_path / 'index'}")
    done = run_command(own, "indexer", "load", str(rows), "--json", check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert (answer["new"], answer["refused"]) == (1, 2)
    assert [row["where"].rsplit(":")[-1] for row in answer["refusals"]] == ["2", "3"]


def test_the_samples_are_evaluated(samples_settings):
    report = json.loads(
        run_command(samples_settings, "search", "evaluate", "samples", "--rankings", "bm25,hybrid", "--json").stdout
    )
    assert report["queries"] == 206
    rows = report["rankings"]
    assert set(rows["hybrid"]) == {"nDCG@10", "RR@10", "R@100", "Success@1", "Success@10", "Judged@10"}
    assert rows["hybrid"]["nDCG@10"] > rows["bm25"]["nDCG@10"]


def test_a_set_whose_judgements_are_of_another_corpus_is_said(samples_settings, tmp_path):
    rows = {"corpus.jsonl": '{"_id": "a", "text": "头痛。"}\n', "queries.tsv": "q\t头痛\n", "qrels.tsv": "q\tb\t1\n"}
    for name, text in rows.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ("search", "evaluate", str(tmp_path), "--rankings", "bm25")
    done = run_command(samples_settings, *command, check=False)
    assert done.returncode == 1
    assert "没有一篇在语料里" in done.stderr
    (tmp_path / "qrels.tsv").write_text("q\tb\t1\nq\ta\t1\nlong\ta\t1\n", encoding="utf-8")
    (tmp_path / "queries.tsv").write_text(f"q\t头痛\nlong\t{'头痛' * 2000}\n", encoding="utf-8")
    done = run_command(samples_settings, *command)
    assert "1 篇不在语料里" in done.stderr
    assert "long：您写了 4,000 字" in done.stdout


def test_rankings_are_tuned_and_written_where_told(samples_settings, tmp_path):
    out = tmp_path / "rankings.json"
    run_command(samples_settings, "search", "tune", "samples", "--split", "qrels", "--queries", "25", "--out", str(out))
    table = json.loads(out.read_text(encoding="utf-8"))
    assert "samples (qrels)" in table["fitted"]
    before = {name: [leg.name for leg in one.legs] for name, one in rankings().items()}
    assert {name: [leg["name"] for leg in legs] for name, legs in table["rankings"].items()} == before
    for legs in table["rankings"].values():
        assert all(
            0 <= LegSpec(**leg).score(raw) <= 1 for leg in legs for raw in (0.1, 0.9, 20.0) if leg["kind"] != "knn" or raw < 1
        )
