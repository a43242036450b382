"""What starting the site does, and does not."""

from search.bootstrap import make_searcher, open_engine
from search.settings import Settings
from web.app import create_app
from web.reading import KEY, OpenedOnce


def test_nothing_is_opened_before_the_first_request(tmp_path):
    create_app(Settings(engine=f"embedded:{tmp_path / 'index'}", var=tmp_path / "var"))
    assert not (tmp_path / "index").exists()


def test_before_the_first_load_every_page_says_how_to_fill_the_library(tmp_path):
    app = create_app(Settings(engine=f"embedded:{tmp_path / 'index'}", var=tmp_path / "var"))
    for path in ("/", "/search?q=头痛", "/about"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503
        assert "还没有文章。请运行 python -m indexer load 文件夹" in answer.text
        assert str(tmp_path) not in answer.text


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    open_engine(Settings(engine=f"embedded:{tmp_path / 'index'}"), create=True).close()
    app = create_app(Settings(engine=f"embedded:{tmp_path / 'index'}", var=tmp_path / "var"))
    try:
        for path in ("/", "/search?q=头痛", "/about"):
            answer = app.test_client().get(path)
            assert answer.status_code == 200
            assert "还没有文章。请运行 python -m indexer load 文件夹" in answer.text
    finally:
        app.extensions[KEY].close()


def test_a_searcher_is_opened_once_and_again_after_it_was_closed(samples_settings):
    opened = OpenedOnce(lambda: make_searcher(samples_settings, open_engine(samples_settings)))
    first = opened()
    assert opened() is first
    opened.close()
    assert opened() is not first
    opened.close()
