"""A real Elasticsearch as a peer: the same entries, moved there, under the same Searcher.

On a server that TEST_ELASTICSEARCH_URL names, the index bench-<time> stays behind.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import TimeoutExpired

from indexer.batches import batched
from search.engine.base import Engine
from search.errors import SearchError

BATCH = 200  # entries a request


class ServerMissing(Exception):
    """No server can be had here; the text says why."""


@contextmanager
def running() -> Iterator[str]:
    """The address of a server that the tests' own way brings up; ServerMissing says why there is none."""
    try:
        import pytest

        from tests.services.elasticsearch import ServiceMissing, running_elasticsearch
    except ImportError as exc:
        raise ServerMissing(f"{exc}: pip install -r requirements-dev.txt") from exc
    manager = running_elasticsearch()
    try:
        url = manager.__enter__()
    except (pytest.skip.Exception, ServiceMissing, RuntimeError, OSError, TimeoutExpired) as exc:
        raise ServerMissing(str(exc)) from exc
    try:
        yield url
    finally:
        manager.__exit__(None, None, None)


@contextmanager
def moved(source: Engine) -> Iterator[tuple[Engine, float]]:
    """An engine on that server with everything that the source holds, and the seconds that moving took."""
    from search.engine.elastic.engine import ElasticEngine

    with running() as url:
        try:
            engine = ElasticEngine(f"{url}/bench-{time.time_ns()}")
            started = time.perf_counter()
            for batch in batched(source.scan(), BATCH):
                engine.index(batch)
            engine.refresh()
        except SearchError as exc:
            raise ServerMissing(f"it did not take the entries: {exc}") from exc
        try:
            yield engine, time.perf_counter() - started
        finally:
            engine.close()
