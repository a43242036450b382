"""What goes wrong is said, with the right status, and nothing is lost."""

import inspect
import json
import logging

import pytest

from search import errors as foreseen
from search.errors import EngineUnavailable, SearchError
from search.settings import Settings
from web.app import create_app
from web.errors import STATUS, status_of


class Broken:
    """A searcher all of whose parts raise the same."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str):
        raise self.error


def broken(tmp_path, error):
    return create_app(Settings(var=tmp_path), Broken(error)).test_client()


def test_every_foreseen_error_has_a_status_of_its_own_or_its_parents():
    kinds = [kind for _, kind in inspect.getmembers(foreseen, inspect.isclass) if issubclass(kind, SearchError)]
    assert all(status_of(kind("x")) in STATUS.values() for kind in kinds if kind is not SearchError)
    assert status_of(SearchError("x")) == 500


def test_an_engine_that_is_down_is_503_with_what_was_typed_and_a_way_to_try_again(tmp_path):
    answer = broken(tmp_path, EngineUnavailable("disk gone at /secret")).get("/search?q=我的头很痛&kind=drug")
    assert answer.status_code == 503
    assert "搜索暂时用不了。" in answer.text
    assert 'value="我的头很痛"' in answer.text
    assert "/secret" not in answer.text
    assert "kind=drug" in answer.text


def test_what_nobody_foresaw_is_500_and_its_log_has_no_query(tmp_path, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = broken(tmp_path, RuntimeError("boom")).get("/search?q=偏头痛")
    assert answer.status_code == 500
    assert "这一步出错了，您的内容没有丢" in answer.text
    assert "boom" in caplog.text and "boom" not in answer.text
    assert "偏头痛" not in caplog.text and "%E5%81%8F" not in caplog.text


def test_pages_that_need_no_engine_work_without_one(tmp_path):
    client = broken(tmp_path, EngineUnavailable("down"))
    for path in ("/about/disclaimer", "/about/privacy", "/api"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/no-such", "/api/search/no"])
def test_under_api_an_error_is_json(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert set(json.loads(answer.text)["error"]) == {"kind", "message"}


def test_a_wrong_method_is_said_with_its_status(page, client):
    assert client.post("/search").status_code in (400, 405)


TRICKS = ["/../etc/passwd", "/static/../app.py", "/documents/%00", "/documents/..%2f..%2fetc", "/%ff", "/search?q=%ff%fe"]


@pytest.mark.parametrize("path", TRICKS)
def test_tricks_with_paths_and_bytes_are_never_500(client, path):
    assert client.get(path).status_code in (200, 301, 302, 303, 308, 400, 404)
