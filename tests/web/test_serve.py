"""The server as it is run: real gunicorn, two workers, a free port."""

import json
import os
import socket
import threading
import time
from urllib.parse import quote, urlsplit

import pytest

from search.settings import Settings
from tests.conftest import run_command
from tests.web.served import Served, served
from web.serve import METRICS, meet

SECRET = "肛瘘出血"


@pytest.fixture(scope="module")
def server(samples_settings):
    with served(samples_settings, "--no-limits") as running:
        yield running


def raw(server: Served, request: bytes) -> bytes:
    """What is answered to these bytes."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_it_serves_pages_and_data_from_several_workers(server):
    assert len(server.workers()) == 2
    status, headers, body = server.get("/search?q=我的头很痛")
    assert status == 200 and "/documents/headache" in body
    assert headers["Content-Security-Policy"]
    status, _, body = server.get("/api/search?q=我的头很痛")
    assert status == 200 and json.loads(body)["total"] > 0
    assert "语义模型" not in body


def test_a_start_says_how_long_it_took(server):
    started = server.wait_for("worker answers", 2)
    assert 0 < started["seconds"] < 60
    assert server.wait_for("worker ready", 2)["seconds"] >= started["seconds"]


def test_each_request_has_one_line_with_its_id_and_nothing_of_what_was_asked(server):
    _, headers, _ = server.get(f"/search?q={SECRET}&kind=disease")
    server.get(f"/api/search?q={SECRET}", **{"X-Request-Id": "given-by-a-proxy"})
    server.get(f"/no-such?q={SECRET}")
    own = [row for row in server.events() if row.get("request_id") == headers["X-Request-Id"] and row["event"] == "request"]
    assert [(row["method"], row["path"], row["status"]) for row in own] == [("GET", "/search", 200)]
    assert own[0]["ms"] > 0
    assert any(row.get("request_id") == "given-by-a-proxy" for row in server.events())
    assert_nothing_told(server)


@pytest.mark.parametrize(
    "line",
    [
        "GET /search?q={} not a version",
        "GET /search?q={}",
        "GET\t/search?q={} HTTP/1.1",
        "BREW /search?q={} HTTP/9.9",
        "GET http://[::1/search?q={} HTTP/1.1",
        "GET /search?q={} HTTP/1.1\r\nBad Header: x",
        "GET /search?q={} HTTP/1.1\r\nHost: a\r\nX: " + "y" * 40_000,
    ],
)
def test_a_request_that_cannot_be_read_is_refused_and_not_quoted_in_the_log(server, line):
    for secret in (SECRET, quote(SECRET)):
        answer = raw(server, line.format(secret).encode() + b"\r\n\r\n")
        assert answer.split(b" ", 2)[1:2] not in ([b"200"], [b"500"])
    assert_nothing_told(server)


def assert_nothing_told(server: Served) -> None:
    assert not [line for line in server.lines if SECRET[:2] in line or quote(SECRET[:1]) in line]


def test_a_request_line_of_24_kb_is_read_and_one_of_30_kb_is_refused(server):
    status, _, body = server.get(f"/api/search?q={quote('痛') * 2000}&source={'x' * 5900}")
    assert status == 200, body
    status, _, body = server.get("/api/search?q=" + quote("痛") * 2600)
    assert status == 400 and "2,600" in body
    assert raw(server, b"GET /?q=" + b"x" * 30_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 414")


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd",
        "/static/../../web/app.py",
        "//evil.example/x",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/a%00b",
        "/%0d%0aX-Evil:1",
    ],
)
def test_tricks_with_paths_lead_nowhere(server, target):
    answer = raw(server, f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    head = answer.split(b"\r\n\r\n")[0]
    assert head.split(b" ", 2)[1] in (b"404", b"400", b"308")
    assert b"root:" not in answer and b"create_app" not in answer
    assert b"\r\nX-Evil" not in head and b"evil.example" not in head.lower()


def test_an_id_from_outside_is_kept_only_if_it_is_one(server):
    _, headers, _ = server.get("/health/live", **{"X-Request-Id": "a b\t<script>"})
    assert len(headers["X-Request-Id"]) == 32


def test_metrics_are_of_all_workers_together_and_hold_no_text(server):
    def count() -> float:
        lines = server.get("/metrics")[2].splitlines()
        wanted = 'xinglin_requests_total{method="GET",route="/api/about",status="200"} '
        return sum(float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted))

    before = count()
    for _ in range(20):
        assert server.get("/api/about")[0] == 200
    server.get(f"/search?q={SECRET}&ranking=bm25")
    assert count() == before + 20
    text = server.get("/metrics")[2]
    assert 'xinglin_search_seconds_count{ranking="bm25"}' in text
    assert 'route="/documents/<path:doc_id>"' not in text or "headache" not in text
    assert SECRET not in text and quote(SECRET) not in text


def test_it_is_ready_when_engine_and_encoder_are(server):
    assert json.loads(server.get("/health/live")[2]) == {"alive": True}
    status, _, body = server.get("/health/ready")
    assert (status, json.loads(body)) == (200, {"ready": True, "engine": "", "models": "", "encoder": ""})


def test_a_port_that_is_taken_is_said_at_once(samples_settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_command(samples_settings, "web", "serve", "--port", port, check=False)
    assert done.returncode == 1
    assert f"127.0.0.1:{port} 已经被占用" in done.stderr and "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_is_not_ours_is_said(samples_settings):
    done = run_command(samples_settings, "web", "serve", "--host", "192.0.2.1", check=False)
    assert done.returncode == 1 and "192.0.2.1" in done.stderr and "--host" in done.stderr


def test_without_an_index_it_says_how_to_make_one(tmp_path):
    done = run_command(Settings(engine=f"embedded:{tmp_path / 'none'}", var=tmp_path), "web", "serve", check=False)
    assert done.returncode == 1
    assert "python -m indexer load" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("options", [("--workers", "0"), ("--port", "70000"), ("--workers", "x")])
def test_options_that_are_no_numbers_of_that_kind_are_refused(samples_settings, options):
    assert run_command(samples_settings, "web", "serve", *options, check=False).returncode == 2


def test_on_sigterm_requests_in_flight_finish_and_the_server_ends_well(samples_settings):
    heavy = "/api/search?year=1900&q=" + "我的头很痛，一跳一跳地疼，怎么办" * 40  # nothing is found: every way out is a search
    answers: list[tuple[float, int, str]] = []

    def ask(server: Served) -> None:
        status, _, body = server.get(heavy)
        answers.append((time.monotonic(), status, body))

    with served(samples_settings, "--no-limits") as server:
        threads = [threading.Thread(target=ask, args=(server,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)  # until all are accepted
        told = time.monotonic()
        assert server.stop() == 0
        for thread in threads:
            thread.join()
    assert [status for _, status, _ in answers] == [200] * 6
    assert all(json.loads(body)["ways_out"] for _, _, body in answers)
    assert max(moment for moment, _, _ in answers) > told  # else none was in flight
    assert "Traceback" not in "\n".join(server.lines)


def test_counters_of_an_earlier_run_are_gone(tmp_path, monkeypatch):
    monkeypatch.setenv(METRICS, "as it was")  # so that it is put back
    (tmp_path / "counter_1.db").write_bytes(b"old")
    meet(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert os.environ[METRICS] == str(tmp_path)
