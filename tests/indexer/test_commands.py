"""What `python -m indexer load` says while it works, and when somebody stops it."""

import json
import random
import signal
import time

import pytest

from tests.indexer.workplace import Workplace, acknowledged

ROW = '{"_id": "%s", "title": "头痛", "text": "头很痛。"}\n'


@pytest.fixture
def place(tmp_path, tools):
    return Workplace(tmp_path / "place", tools)


def test_each_document_is_acknowledged_in_a_line_of_its_own(place):
    rows = ROW % "a" + "{broken\n" + ROW % "b"
    place.run("indexer", "load", "-", input=ROW % "b", check=False)
    done = place.run("indexer", "load", "-", "--acknowledge", input=rows, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines == [{"doc_id": "a", "state": "new"}, {"doc_id": "b", "state": "unchanged"}]
    assert "新增 1，更新 0，没有变化 1，拒收 1" in done.stderr
    again = place.run("indexer", "load", "-", "--acknowledge", "--json", input=rows, check=False)
    assert [json.loads(line)["state"] for line in again.stdout.splitlines()] == ["unchanged", "unchanged"]
    assert json.loads(again.stderr.splitlines()[-1])["refused"] == 1


def test_without_being_asked_nothing_is_acknowledged(place):
    done = place.run("indexer", "load", "-", "--json", input=ROW % "a")
    assert json.loads(done.stdout)["new"] == 1


def test_what_another_source_holds_is_not_acknowledged(place, tmp_path):
    place.run("indexer", "load", "-", input=ROW % "a")
    (tmp_path / "rows.jsonl").write_text(ROW % "a", encoding="utf-8")
    done = place.run("indexer", "load", str(tmp_path / "rows.jsonl"), "--acknowledge", "--json", check=False)
    assert done.stdout == ""
    assert "--prefix" in json.loads(done.stderr.splitlines()[-1])["refusals"][0]["reason"]


def without_room_for_models(place):
    """Where the TF-IDF model's folder should be lies a file."""
    blocked = place.settings.var / "models" / "tfidf"
    blocked.write_bytes(b"")
    return blocked


def test_a_load_whose_training_fails_still_says_what_it_refused(place):
    without_room_for_models(place)
    done = place.run("indexer", "load", "-", input=ROW % "a" + "{broken\n", check=False)
    assert done.returncode == 1
    assert "新增 1，更新 0，没有变化 0，拒收 1" in done.stdout
    assert "拒收 stdin:2" in done.stdout
    assert "文章都已写入，但模型没有训练成" in done.stderr


def test_in_json_it_says_that_training_failed(place):
    blocked = without_room_for_models(place)
    report = json.loads(place.run("indexer", "load", "-", "--json", input=ROW % "a", check=False).stdout)
    assert (report["new"], report["refusals"]) == (1, [])
    assert str(blocked) in report["error"]
    blocked.unlink()
    assert "error" not in json.loads(place.run("indexer", "load", "-", "--json", input=ROW % "a").stdout)


@pytest.mark.failure
def test_a_load_that_is_interrupted_says_how_to_go_on_and_keeps_what_it_acknowledged(place, sampled, tools):
    typed = ("indexer", "load", "--acknowledge", "samples/pages")
    rng = random.Random(20260401)
    for _ in range(2):
        child = place.start(*typed)
        said = child.stdout.readline()
        seconds = rng.uniform(0, 1)
        print(f"interrupted {seconds:.3f} s after the first acknowledgement")
        time.sleep(seconds)
        child.send_signal(signal.SIGINT)
        rest, complaints = child.communicate(timeout=60)
        # Where the interrupt strikes inside another library's import, Python ends by the signal itself; shells call both 130.
        assert child.returncode in (130, -signal.SIGINT), complaints
        assert "再运行同一条命令会接着做" in complaints
        assert "Traceback" not in complaints
        place.check(acknowledged(said + rest), tools)
    place.run(*typed)
    assert place.state(tools) == sampled.state(tools)
    assert place.leftovers() == []
