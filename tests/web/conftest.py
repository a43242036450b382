"""The site over the sample pages, and over a few pages made to break it."""

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.ingest import ingest_document
from indexer.pipeline import Pipeline
from search.engine.embedded.engine import EmbeddedEngine
from search.searcher import Searcher
from search.settings import Settings
from search.text.analyzer import Analyzer
from tests.factories import make_document
from web.app import create_app

HOSTILE = "<script>alert(1)</script>"
SHY = make_document(
    "../a/b//c?d#e/versions/3",
    f"头痛{HOSTILE}",
    f"前言。\n\n头痛时{HOSTILE}不要自己用药。第二句讲头疼。\n  缩进的一行，讲偏头痛。",
    source=HOSTILE,
    kind="article",
    departments=("内科/神经内科",),
    aliases=(HOSTILE,),
    url="javascript:alert(1)",
)
LINKED = make_document("linked", "腹痛", "肚子疼。", source="甲站", url="https://example.org/a?b=1")
LONG = make_document("long", "晕车", "晕车时恶心。\n" * 30, source="甲站")


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
def few_searcher(samples: Searcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A searcher over a hostile page in two versions, one that names its address, and a long one."""
    tools = samples.analyzer
    engine = EmbeddedEngine(tmp_path_factory.mktemp("few"))
    pipeline = Pipeline(Analyzer(tools.segmenter, lambda: tools.encoder, {}))
    for document in (replace(SHY, text="旧的一版，讲头痛。"), SHY, LINKED, LONG):
        ingest_document(document, engine, pipeline)
    engine.refresh()
    yield Searcher(engine, lambda models: Analyzer(tools.segmenter, lambda: tools.encoder, models))
    engine.close()


@pytest.fixture
def few(few_searcher: Searcher, tmp_path: Path) -> FlaskClient:
    return create_app(Settings(var=tmp_path), few_searcher).test_client()
