"""What happens to visitors while parts fail or are swapped: nothing that they would call an error."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from search.legs import ENCODER_DOWN
from search.settings import Settings
from search.text.encoders.manifest import ONNX
from tests.conftest import ROOT, run_command
from tests.web.served import Asking, Served, served

pytestmark = pytest.mark.failure

PATHS = [
    "/search?q=我的头很痛",
    "/api/search?q=孩子发烧咳嗽",
    "/api/search?q=高血压&ranking=bm25&kind=disease",
    "/documents/headache?q=头疼",
    "/api/search/facets/department?q=头痛",
    "/search?q=头痛&year=1950",
    "/suggest?q=tt",
]


@pytest.fixture
def own(samples_settings, tmp_path) -> Settings:
    """The samples' index, models and encoder in a place of their own, where they may be broken; vectors are cached in var."""
    shutil.copytree(samples_settings.engine_url.removeprefix("embedded:"), tmp_path / "index")
    var = tmp_path / "var"
    var.mkdir()
    (var / "cache").symlink_to(ROOT / "var/cache")
    shutil.copytree(ROOT / "var/models", var / "models", copy_function=os.symlink, ignore=shutil.ignore_patterns("*.lock"))
    return Settings(engine=f"embedded:{tmp_path / 'index'}", var=var)


def encoder_file(settings: Settings) -> Path:
    (found,) = (settings.var / "models/bert").glob(f"*/{ONNX}")
    return found


def test_while_the_index_is_rebuilt_no_request_fails(own):
    with served(own, "--no-limits", "--workers", "2") as server:
        asking = Asking()
        with asking.of(server, PATHS):
            for _ in range(2):
                run_command(own, "indexer", "rebuild", timeout=300)
            time.sleep(2)  # the swapped index answers too
        found = json.loads(server.get("/api/search?q=我的头很痛")[2])
    assert asking.failures == []
    assert len(asking.statuses) > 50
    assert found["total"] > 0
    assert not [row for row in server.events() if row["level"] == "ERROR"]


def test_while_models_are_fitted_anew_and_pages_loaded_no_request_fails(own, tmp_path):
    (tmp_path / "more.jsonl").write_text(
        '{"_id": "swap", "title": "换代", "text": "换代时的一篇，讲头痛。"}\n', encoding="utf-8"
    )
    with served(own, "--no-limits") as server:
        asking = Asking()
        with asking.of(server, PATHS):
            run_command(own, "indexer", "load", str(tmp_path / "more.jsonl"), timeout=300)
            run_command(own, "indexer", "fit", "tfidf", timeout=300)
            time.sleep(2)
        status, _, _ = server.get("/documents/swap")
    assert asking.failures == []
    assert status == 200


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_with_the_encoder_gone_and_a_worker_killed_words_still_find(own, damage):
    file = encoder_file(own)
    with served(own, "--no-limits") as server:
        healthy = json.loads(server.get("/api/search?q=脑袋一跳一跳地疼")[2])
        assert ENCODER_DOWN not in healthy["notices"]
        file.unlink()
        if damage == "cut short":
            file.write_bytes(b"cut short")
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        server.wait_for("worker is not ready", 2)  # those that take their place
        asking = Asking()
        with asking.of(server, PATHS):
            time.sleep(3)
        found = json.loads(server.get("/api/search?q=脑袋一跳一跳地疼")[2])
        status, _, ready = server.get("/health/ready")
    assert asking.failures == []
    assert found["hits"] and found["notices"] == [ENCODER_DOWN] and found["paused"] == ["bert"]
    assert status == 503 and ONNX in json.loads(ready)["encoder"]


def test_a_worker_that_is_killed_is_replaced_and_the_others_go_on(own):
    with served(own, "--no-limits") as server:
        victim, survivor = server.workers()
        os.kill(victim, signal.SIGKILL)
        server.wait_for("worker answers", 3)
        assert survivor in server.workers() and victim not in server.workers() and len(server.workers()) == 2
        assert {server.get("/health/ready")[0] for _ in range(6)} == {200}


def test_when_the_index_is_no_database_pages_say_so_and_come_back_with_it(own, tmp_path):
    index = tmp_path / "index"
    (index / "index.db").rename(index / "elsewhere")
    (index / "index.db").write_bytes(b"no database " * 1000)
    server = Served(own, "--no-limits", "--workers", "1")
    try:
        server.wait_for("worker is not ready")
        status, _, body = server.get("/search?q=头痛")
        assert status == 503 and "搜索暂时用不了。" in body and 'value="头痛"' in body
        assert json.loads(server.get("/api/search?q=头痛")[2])["error"]["code"] == "engine_unavailable"
        assert (server.get("/health/live")[0], server.get("/health/ready")[0]) == (200, 503)
        (index / "elsewhere").rename(index / "index.db")
        status, _, body = server.get("/search?q=头痛")
        assert status == 200 and "/documents/headache" in body
    finally:
        server.stop()
