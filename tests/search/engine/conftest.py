"""The `engine` fixture: each test of the contract runs on every engine, on an empty index of its own."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.engine.base import Engine
from tests.services.elasticsearch import running_elasticsearch

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The address of a real server, started once for the session."""
    with running_elasticsearch() as url:
        yield url


@pytest.fixture
def url(elasticsearch_url: str) -> str:
    """The address of an index of its own on that server."""
    return f"{elasticsearch_url}/test-{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def elastic(url: str) -> Iterator[Engine]:
    """An empty engine over it."""
    from search.engine.elastic.engine import ElasticEngine

    engine = ElasticEngine(url)
    yield engine
    engine.close()


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.service)])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Opens one and the same empty index, as often as asked: as a second process would see it."""
    opened: list[Engine] = []
    if request.param == "embedded":
        from search.engine.embedded.engine import EmbeddedEngine

        def make() -> Engine:
            return EmbeddedEngine(tmp_path / "index")
    else:
        from search.engine.elastic.engine import ElasticEngine

        url = request.getfixturevalue("url")

        def make() -> Engine:
            return ElasticEngine(url)

    def open_one() -> Engine:
        opened.append(make())
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(open_again: Callable[[], Engine]) -> Engine:
    """An empty engine."""
    return open_again()
