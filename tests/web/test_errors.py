"""What goes wrong is said, with the right status, and nothing is lost."""

import inspect
import logging

import pytest

from search import errors as foreseen
from search.errors import EngineUnavailable, SearchError
from search.settings import Settings
from web.app import create_app
from web.errors import MEANINGS, UNFORESEEN, meaning_of


class Broken:
    """A searcher all of whose parts raise the same."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str):
        raise self.error


def broken(tmp_path, error):
    return create_app(Settings(var=tmp_path), Broken(error)).test_client()


def test_every_foreseen_error_has_a_meaning_of_its_own_or_its_parents():
    kinds = [kind for _, kind in inspect.getmembers(foreseen, inspect.isclass) if issubclass(kind, SearchError)]
    assert all(meaning_of(kind("x")) in MEANINGS.values() for kind in kinds if kind is not SearchError)
    assert meaning_of(SearchError("x")).status == 500


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
    assert set(answer.json["error"]) == {"code", "message", "what_to_do"}


def test_no_code_means_two_things():
    codes = [meaning.code for meaning in (*MEANINGS.values(), UNFORESEEN)]
    assert len(codes) == len(set(codes))


def test_an_error_under_api_is_said_in_the_language_asked_for(client):
    chinese, english = (client.get(f"/api/search?q=痛&page=x&lang={lang}").json["error"] for lang in ("zh", "en"))
    assert chinese["code"] == english["code"] == "bad_query"
    assert chinese["message"] == "page=x 不是页码；请写 1 到 100 的数。"
    assert english["message"] == "page=x is no page; please give a number from 1 to 100."
    assert chinese["what_to_do"].startswith("改正") and english["what_to_do"].startswith("Mend")


@pytest.mark.parametrize("error", [EngineUnavailable("disk gone at /secret"), RuntimeError("boom at /secret")])
def test_under_api_what_is_down_or_unforeseen_says_what_to_do_and_no_path(tmp_path, error):
    answer = broken(tmp_path, error).get("/api/search?q=痛")
    assert answer.status_code == meaning_of(error).status
    assert answer.json["error"]["code"] == meaning_of(error).code
    assert answer.json["error"]["what_to_do"]
    assert "/secret" not in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_under_api_a_wrong_method_is_405_in_json_and_names_the_right_ones(client, method):
    answer = getattr(client, method)("/api/search?q=痛")
    assert (answer.status_code, answer.json["error"]["code"]) == (405, "method_not_allowed")
    assert {"GET", "HEAD"} <= set(answer.allow)


def test_head_answers_as_get_without_a_body_and_options_names_the_methods(client):
    get, head = client.get("/api/search?q=头痛"), client.head("/api/search?q=头痛")
    assert (head.status_code, head.data) == (get.status_code, b"")
    assert head.content_type == get.content_type
    assert {"GET", "HEAD", "OPTIONS"} == set(client.options("/api/search").allow)


def test_a_wrong_method_is_said_with_its_status(page, client):
    assert client.post("/search").status_code in (400, 405)


TRICKS = [
    "/../etc/passwd",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/documents/%00",
    "/documents/..%2f..%2fetc",
    "/documents/" + "长" * 3000,
    "/documents/headache/versions/" + "9" * 300,
    "/documents/headache/versions/-1",
    "/api/documents/%00%0d%0aX:1",
    "/api/documents/..%2f..%2fetc",
    "/api/documents/" + "%F0%9F%98%80" * 500,
    "/api/documents/headache/versions/" + "9" * 300,
    "/api/a-z/%00",
    "/api/search/facets/..%2f",
    "/api/suggest?q=%ff%00%ed%a0%80",
    "/api/search?q=%ed%a0%80%00&source=%ff%00&lang=%00",
    "/search?q=%ed%a0%80",
    "/%ff",
    "/search?q=%ff%fe",
]


@pytest.mark.parametrize("path", TRICKS)
def test_tricks_with_paths_and_bytes_are_never_500(client, path):
    answer = client.get(path)
    assert answer.status_code in (200, 301, 302, 303, 308, 400, 404)
    assert answer.status_code < 300 or answer.is_json == path.startswith("/api/")
