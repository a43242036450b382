"""The site over the sample pages, and over a few pages made to break it."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.bootstrap import make_searcher, open_engine
from search.searcher import Searcher
from search.settings import Settings
from tests.conftest import ROOT, run_command
from web.app import create_app

HOSTILE = "<script>alert(1)</script>"
SHY = {
    "_id": "a/b//c?d#e",
    "title": f"头痛{HOSTILE}",
    "text": f"前言。\n\n头痛时{HOSTILE}不要自己用药。第二句讲头疼。\n  缩进的一行，讲偏头痛。",
    "source": HOSTILE,
    "kind": "article",
    "departments": ["内科/神经内科"],
    "aliases": [HOSTILE],
    "url": "javascript:alert(1)",
}
LINKED = {
    "_id": "linked",
    "title": "腹痛",
    "text": "肚子疼。",
    "source": "甲站",
    "url": "https://example.org/a?b=1",
    "published_at": "2024-05-06",
}
LONG = {"_id": "long", "title": "晕车", "text": "晕车时恶心。\n" * 30, "source": "甲站"}


class Page(HTMLParser):
    """What tests ask of a page: its links, ids, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self.words = ""
        self._marking = False
        self.marked: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self._marking = tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._marking = False

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._marking:
            self.marked.append(data)


@pytest.fixture(scope="session")
def app(samples: Searcher, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Settings(var=tmp_path_factory.mktemp("var")), samples)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def page(client: FlaskClient):
    """A function that gets an address and reads the page, which must be there."""

    def get(address: str, status: int = 200, **values) -> Page:
        answer = client.get(address, **values)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    return get


@pytest.fixture(scope="session")
def few_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of a hostile page in two versions and of one that names its address."""
    folder = tmp_path_factory.mktemp("few")
    settings = Settings(engine=f"embedded:{folder / 'index'}", var=ROOT / "var")
    _load(settings, folder / "rows.jsonl", {**SHY, "text": "旧的一版，讲头痛。"}, LINKED)
    _load(settings, folder / "rows.jsonl", SHY, LINKED, LONG)
    return settings


@pytest.fixture(scope="session")
def few_app(few_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    engine = open_engine(few_settings)
    yield create_app(Settings(var=tmp_path_factory.mktemp("var")), make_searcher(few_settings, engine))
    engine.close()


@pytest.fixture
def few(few_app: Flask) -> FlaskClient:
    return few_app.test_client()


def _load(settings: Settings, path: Path, *rows: dict) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    run_command(settings, "indexer", "load", str(path))
