"""How often one client may ask, and what it is told then."""

import pytest

from search.settings import Settings
from web import limits
from web.app import create_app


@pytest.fixture
def limited(samples, tmp_path):
    return create_app(Settings(var=tmp_path), samples, limited=True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/suggest?q=t", "/suggest"), ("/about/privacy", "/"), ("/api/suggest?q=t", "/suggest"), ("/api/a-z/q", "/api")],
)
def test_a_client_that_asks_too_often_is_told_when_to_come_back(limited, path, kind):
    client = limited.test_client()
    statuses = [client.get(path).status_code for _ in range(limits.A_MINUTE[kind])]
    refused = client.get(path)
    assert set(statuses) == {200}
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert "秒后再试" in refused.text
    if path.startswith("/api"):
        assert refused.json["error"]["code"] == "too_many_requests"


def test_clients_and_kinds_of_address_are_counted_apart(limited):
    client = limited.test_client()
    for _ in range(limits.A_MINUTE["/"] + 1):
        last = client.get("/about/privacy")
    assert last.status_code == 429
    assert client.get("/api/a-z/t").status_code == 200
    assert client.get("/about/privacy", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_what_machines_ask_on_a_beat_is_never_refused(limited):
    client = limited.test_client()
    for path in ("/health/live", "/metrics", "/static/xinglin.css"):
        assert {client.get(path).status_code for _ in range(max(limits.A_MINUTE.values()) + 1)} == {200}


def test_without_limits_nobody_is_refused(client):
    assert {client.get("/about/privacy").status_code for _ in range(limits.A_MINUTE["/"] + 50)} == {200}
