"""Several writers, and the races of a rebuild with writers and readers in other processes."""

import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from search.document import IndexEntry, vector
from search.engine.elastic import handover, marker, writing
from search.engine.elastic.engine import ElasticEngine
from search.errors import EngineUnavailable, MappingMismatch, RebuildRunning
from search.query import Filters, Knn
from tests.factories import MODELS, make_entry
from tests.search.engine.elastic_index import LEGS, NEW, derive_new, indices, many, stored_ids

pytestmark = pytest.mark.service


def at_once(*calls: Callable[[], object]) -> list[BaseException]:
    """Runs the calls side by side; what they raised."""
    raised: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as exc:
            raised.append(exc)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_writers_that_make_the_index_at_once_make_one(elastic, url):
    engines = [ElasticEngine(url) for _ in range(4)]
    calls = [functools.partial(each.index, [make_entry(f"d{n}")]) for n, each in enumerate(engines)]
    assert at_once(*calls) == []
    assert stored_ids(elastic) == ["d0", "d1", "d2", "d3"]
    assert indices(elastic) == {"-000001"}


def test_of_first_vectors_of_two_sizes_at_once_one_is_refused(elastic, url):
    elastic.index([make_entry("a")])
    engines = [ElasticEngine(url) for _ in range(2)]
    calls = [functools.partial(each.index, [make_entry(f"d{n}", doc_vector=(1,) * (n + 2))]) for n, each in enumerate(engines)]
    raised = at_once(*calls)
    assert [type(exc) for exc in raised] == [MappingMismatch]
    assert len(stored_ids(elastic)) == 2


def test_other_vectors_that_another_writer_brought_stay_as_they_are(elastic, url):
    other = ElasticEngine(url)
    elastic.index([make_entry("a")])
    other.index([make_entry("b")])
    other.index([make_entry("b", doc_vector=(1, 0))])
    elastic.index([make_entry("c", passages=[(1, 0, 0)])])
    elastic.refresh()
    found = elastic.retrieve([Knn("doc_vector", vector((1, 0))), Knn("passages", vector((1, 0, 0)))], Filters(), 5)
    assert [[doc.doc_id for doc in leg.docs] for leg in found.legs] == [["b"], ["c"]]


# --- a rebuild and other processes


def in_between(monkeypatch: pytest.MonkeyPatch, event: Callable[[], None], after: bool) -> None:
    """Lets something happen once right before, or right after, the next bulk write of a live writer."""
    real, pending = writing.write, [event]

    def write(*args: Any, **values: Any) -> list[str]:
        if pending and not after:
            pending.pop()()
        result = real(*args, **values)
        if pending and after:
            pending.pop()()
        return result

    monkeypatch.setattr(writing, "write", write)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("models", [MODELS, NEW])
def test_a_write_that_a_whole_rebuild_overtakes_is_not_lost(elastic, url, monkeypatch, after, models):
    """The other process opens, reads and swaps while this one is between its look at the marker and its answer."""
    other = ElasticEngine(url)
    elastic.index([make_entry("a")])

    def rebuild() -> None:
        with other.rebuild(models, lambda entries: entries) as fresh:
            fresh.index([make_entry(entry.doc_id, models=models) for entry in other.scan()])

    in_between(monkeypatch, rebuild, after)
    if models == MODELS or after:  # after: the rebuild has read it, and took it along
        elastic.index([make_entry("late")])
        assert stored_ids(other) == ["a", "late"]
    else:  # not acknowledged: its models are not the new generation's
        with pytest.raises(MappingMismatch):
            elastic.index([make_entry("late")])
        assert stored_ids(other) == ["a"]
    assert {tuple(entry.models.items()) for entry in other.scan()} == {tuple(models.items())}
    assert "-000001" not in indices(elastic)


@pytest.mark.parametrize("after", [False, True])
def test_a_write_that_sees_a_rebuild_open_only_afterwards_reaches_it(elastic, url, monkeypatch, after):
    other = ElasticEngine(url)
    elastic.index([make_entry("a")])
    opened = other.rebuild(NEW, derive_new)
    read: list[IndexEntry] = []

    def begin() -> None:
        fresh = opened.__enter__()
        read.extend(other.scan())
        fresh.index(derive_new(read))

    in_between(monkeypatch, begin, after)
    elastic.index([make_entry("late")])
    elastic.delete(["a"])
    opened.__exit__(None, None, None)
    assert stored_ids(other) == ["late"]


def test_a_write_waits_while_generations_are_swapped(elastic, url, monkeypatch):
    other = ElasticEngine(url)
    elastic.index([make_entry("a")])
    written: list[float] = []

    def write() -> None:
        elastic.index([make_entry("b")])
        written.append(time.monotonic())

    real = handover.Handover.swap
    thread = threading.Thread(target=write)

    def slow_swap(self: handover.Handover, lease: marker.Lease) -> None:
        thread.start()
        time.sleep(0.5)
        assert not written
        real(self, lease)

    monkeypatch.setattr(handover.Handover, "swap", slow_swap)
    with other.rebuild(MODELS, lambda entries: entries) as fresh:
        fresh.index(list(other.scan()))
    thread.join(10)
    assert written and stored_ids(other) == ["a", "b"]


def test_readers_meet_no_error_while_generations_change(elastic, url):
    elastic.index(many(30))
    elastic.refresh()
    stop, failures, turns = threading.Event(), [], []

    def read() -> None:
        reader = ElasticEngine(url)
        while not stop.is_set():
            try:
                assert reader.retrieve(LEGS, Filters(), 5, None, ("source",)).total == 30
                assert len(reader.fetch(["d000", "d001"])) == 2
                turns.append(1)
            except Exception as exc:
                failures.append(exc)
        reader.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(6):
        with elastic.rebuild(MODELS, lambda entries: entries) as fresh:
            fresh.index(list(elastic.scan()))
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and len(turns) > 6


def die_in_rebuild(url: str, where: str, lease_seconds: float) -> None:
    """In a child process: opens a rebuild and is killed in its body, before its swap, or right after it."""
    marker.LEASE_SECONDS = lease_seconds
    elastic = ElasticEngine(url)

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "before the swap":
        handover.Handover.swap = die  # type: ignore[method-assign]
    if where == "after the swap":
        handover.Handover._drop = handover.Lease.end = die  # type: ignore[method-assign, assignment]
        real = marker.Lease.advance
        marker.Lease.advance = lambda self, phase: die() if phase == marker.CLOSED else real(self, phase)  # type: ignore[method-assign]
    with elastic.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(list(elastic.scan())))
        if where == "in its body":
            die()


@pytest.mark.parametrize("where", ["in its body", "before the swap", "after the swap"])
def test_a_killed_rebuild_is_cleared_away_by_the_next_and_stops_no_writer(elastic, url, where):
    elastic.index([make_entry("a")])
    child = multiprocessing.get_context("spawn").Process(target=die_in_rebuild, args=(url, where, 1.0))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    models = elastic.generation().models
    assert models == (NEW if where == "after the swap" else MODELS)
    elastic.index([make_entry("b", models=models)])
    time.sleep(1.1)  # its lease
    with elastic.rebuild(MODELS, lambda entries: entries) as fresh:
        fresh.index([make_entry(entry.doc_id) for entry in elastic.scan()])
    assert stored_ids(elastic) == ["a", "b"]
    assert len(indices(elastic)) == 2 and "-rebuild" in indices(elastic)


def test_a_living_rebuild_is_left_alone(elastic, url):
    elastic.index([make_entry("a")])
    other = ElasticEngine(url)
    with elastic.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(list(elastic.scan())))
        before = indices(elastic)
        with pytest.raises(RebuildRunning, match="正在重建"), other.rebuild(NEW, derive_new):
            raise AssertionError("two rebuilds at once")
        assert indices(elastic) == before
    assert elastic.generation().models == NEW


def test_of_rebuilds_that_begin_at_once_one_runs_and_the_others_are_told(elastic, url):
    elastic.index([make_entry("a")])
    engines = [ElasticEngine(url) for _ in range(4)]
    told: list[BaseException] = []

    def rebuild(each: ElasticEngine) -> None:
        try:
            with each.rebuild(NEW, derive_new) as fresh:
                fresh.index(derive_new(list(elastic.scan())))
                while len(told) < len(engines) - 1:
                    time.sleep(0.01)
        except EngineUnavailable as exc:
            told.append(exc)

    assert at_once(*(functools.partial(rebuild, each) for each in engines)) == []
    assert [type(exc) for exc in told] == [RebuildRunning] * 3
    assert all("正在重建" in str(exc) for exc in told)
    assert elastic.generation().models == NEW


def test_a_rebuild_that_others_took_for_dead_never_swaps(elastic, url):
    """Its machine slept longer than its lease; meanwhile a writer gave it up and went on."""
    other = ElasticEngine(url)
    elastic.index([make_entry("a")])
    with pytest.raises(EngineUnavailable), elastic.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(list(elastic.scan())))
        other.handover.clear(other.handover.markers.read())
        other.index([make_entry("b")])
    assert stored_ids(other) == ["a", "b"]
    assert other.generation().models == MODELS
    assert indices(elastic) == {"-000001", "-rebuild"}
