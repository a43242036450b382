"""What only ElasticEngine has: what goes over the wire, its indices, and the races of a rebuild with writers elsewhere."""

import functools
import itertools
import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from elastic_transport import TransportApiResponse

from search.document import IndexEntry, Name, vector
from search.engine.elastic import bulk, handover, marker, writing
from search.engine.elastic.engine import ElasticEngine
from search.engine.elastic.generations import Kind, filled
from search.engine.elastic.layout import entry_to_source
from search.engine.mapping import load_mapping
from search.errors import BadDocument, EngineUnavailable, MappingMismatch
from search.query import Filters, Knn, Leg, Match, Sparse
from tests.factories import MODELS, make_entry, make_version

pytestmark = pytest.mark.service

NEW = {"text": "t2"}
LEGS: tuple[Leg, ...] = (
    Match("title", ("头痛",)),
    Match("body", ("头痛", "发热")),
    Sparse("tfidf", {"头痛": 1.0}),
    Knn("passages", vector((1, 0, 0))),
    Knn("doc_vector", vector((0, 1, 0))),
)
_numbers = itertools.count(1)


@pytest.fixture
def url(elasticsearch_url: str) -> str:
    return f"{elasticsearch_url}/wire-{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def engine(url: str) -> Iterator[ElasticEngine]:
    engine = ElasticEngine(url)
    yield engine
    engine.close()


def record(engine: ElasticEngine) -> list[tuple[str, Any]]:
    """The requests that the engine makes from now on: (method and path, what was answered)."""
    seen: list[tuple[str, Any]] = []
    transport = engine.connection.client.transport
    perform = transport.perform_request

    def recorded(method: str, target: str, **values: Any) -> TransportApiResponse:
        answer = perform(method, target, **values)
        seen.append((f"{method} {urlsplit(target).path}", answer.body))
        return answer

    transport.perform_request = recorded  # type: ignore[method-assign]
    return seen


def many(number: int = 40, models: dict[str, str] = MODELS) -> list[IndexEntry]:
    rng = random.Random(1)
    return [
        make_entry(
            f"d{n:03}",
            " ".join(rng.choices(["头痛", "发热", "咳嗽"], k=4)),
            title_terms=rng.choice(["头痛", "发热"]),
            tfidf={"头痛": rng.random()},
            passages=[[rng.gauss(0, 1) for _ in range(3)] for _ in range(2)],
            doc_vector=[rng.gauss(0, 1) for _ in range(3)],
            source=rng.choice("st"),
            published=rng.choice(["2024-01-01", "2025-01-01", ""]),
            models=models,
        )
        for n in range(number)
    ]


def derive_new(entries: Sequence[IndexEntry]) -> list[IndexEntry]:
    return [make_entry(entry.doc_id, "新", models=NEW) for entry in entries]


def indices(engine: ElasticEngine) -> set[str]:
    """The engine's indices, without the part of the name that all have."""
    found = engine.connection.client.indices.get_alias(index=f"{engine.name}-*").body
    return {name.removeprefix(engine.name) for name in found}


def without_defaults(mapping: Any) -> Any:
    """A mapping as the cluster tells it: what is the default anyway is left out."""
    if not isinstance(mapping, dict):
        return mapping
    return {name: without_defaults(value) for name, value in mapping.items() if (name, value) != ("index_options", "positions")}


def stored_ids(engine: ElasticEngine) -> list[str]:
    engine.refresh()
    return [entry.doc_id for entry in engine.scan()]


# --- on the wire


@pytest.mark.parametrize("sort", [None, "date"])
@pytest.mark.parametrize("filters", [Filters(), Filters(include={"source": ("s",)})])
def test_a_search_is_three_requests_and_no_answer_holds_a_vector(engine, sort, filters):
    engine.index(many())
    engine.refresh()
    engine.retrieve(LEGS, filters, 5)
    seen = record(engine)
    found = engine.retrieve(LEGS, filters, 5, sort, ("source", "year"))
    entries = engine.fetch(found.order or [doc.doc_id for doc in found.legs[0].docs])
    assert len(entries) >= 5
    assert [path.rpartition("/")[2] for path, _ in seen] == ["_msearch", "_msearch", "_mget"]
    for _, body in seen:
        text = json.dumps(body)
        assert "vector" not in text and "tfidf" not in text and len(text) < 20_000


def test_one_leg_that_needs_no_counts_is_one_request(engine):
    engine.index(many())
    engine.refresh()
    engine.retrieve(LEGS[:1], Filters(), 5)
    seen = record(engine)
    assert engine.retrieve([LEGS[3]], Filters(), 5).total == 40
    assert len(seen) == 1


def test_a_write_is_one_request_and_one_look_for_a_rebuild(engine):
    engine.index(many(3))
    seen = record(engine)
    engine.index(many(3))
    assert [path.rpartition("/")[2] for path, _ in seen] == ["_bulk", "state"]


# --- errors at the border


def test_a_server_that_is_not_there_is_unavailable_with_what_to_do():
    engine = ElasticEngine("http://user:secret@127.0.0.1:9/xinglin")
    calls: list[Callable[[], object]] = [
        lambda: engine.retrieve(LEGS, Filters(), 5),
        lambda: engine.index([make_entry()]),
        lambda: engine.fetch(["a"]),
        lambda: list(engine.scan()),
        lambda: engine.versions("a"),
        lambda: engine.append([make_version()]),
        lambda: engine.rebuild(NEW, derive_new).__enter__(),
        engine.refresh,
        engine.generation,
    ]
    for call in calls:
        with pytest.raises(EngineUnavailable, match="start it, or check the address") as raised:
            call()
        assert "secret" not in str(raised.value)


def test_an_address_without_an_index_is_refused():
    with pytest.raises(EngineUnavailable, match="http://localhost:9200/xinglin"):
        ElasticEngine("http://localhost:9200")


def test_an_index_of_another_layout_is_refused_with_both_names(engine):
    meta = {"version": "documents.v0"}
    engine.connection.client.indices.create(index=f"{engine.name}-000001", aliases={engine.name: {}}, mappings={"_meta": meta})
    for call in (
        lambda: engine.fetch(["a"]),
        lambda: engine.index([make_entry()]),
        lambda: engine.retrieve(LEGS, Filters(), 5),
    ):
        with pytest.raises(MappingMismatch, match=r"documents\.v0.*documents\.v1"):
            call()


def test_what_the_cluster_refuses_is_told_by_id_and_the_rest_is_stored(engine):
    with pytest.raises(BadDocument, match="'bad'"):
        engine.index([make_entry("a"), make_entry("bad", source="x" * 40_000), make_entry("b")])
    assert stored_ids(engine) == ["a", "b"]


def test_half_a_surrogate_pair_is_told_by_id(engine):
    with pytest.raises(BadDocument, match="'a'"):
        engine.index([make_entry("a", text="\ud83d")])


def test_a_full_disk_is_told_at_once(engine):
    engine.index([make_entry("a")])
    settings = functools.partial(engine.connection.client.indices.put_settings, index=engine.name)
    settings(settings={"index.blocks.read_only_allow_delete": True})
    started = time.monotonic()
    with pytest.raises(EngineUnavailable, match="disk full"):
        engine.index([make_entry("b")])
    assert time.monotonic() - started < 5
    settings(settings={"index.blocks.read_only_allow_delete": None})
    engine.index([make_entry("b")])
    assert stored_ids(engine) == ["a", "b"]


@pytest.mark.parametrize("status", [429, 503])
def test_what_a_busy_cluster_puts_off_is_sent_again(engine, monkeypatch, status):
    monkeypatch.setattr(bulk, "WAITS", (0.01,) * 5)
    engine.index([make_entry("first")])
    transport = engine.connection.client.transport
    perform, sent = transport.perform_request, []

    def busy(method: str, target: str, **values: Any) -> TransportApiResponse:
        if "_bulk" not in target:
            return perform(method, target, **values)
        sent.append([json.loads(line)["index"]["_id"] for line in values["body"][::2]])
        if len(sent) > 1:
            return perform(method, target, **values)
        put_off = {"index": {"status": status, "error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}}}
        answer = perform(method, target, **{**values, "body": values["body"][:2]})
        return TransportApiResponse(answer.meta, {"errors": True, "items": [{"index": {"status": 201}}, put_off]})

    monkeypatch.setattr(transport, "perform_request", busy)
    engine.index([make_entry("a"), make_entry("b")])
    assert sent == [["a", "b"], ["b"]]
    assert stored_ids(engine) == ["a", "b", "first"]


# --- what is stored


def test_the_mapping_files_are_what_the_cluster_holds(engine):
    engine.index([make_entry("a", passages=[(1, 0, 0)], doc_vector=(1, 0), title_vector=(1, 0, 0))])
    engine.append([make_version()])
    client = engine.connection.client
    (stored,) = client.indices.get_mapping(index=engine.name).body.values()
    sizes = {"passages": 3, "doc_vector": 2, "title_vector": 3}
    ours = filled(Kind(), MODELS, sizes)["mappings"]
    assert without_defaults(ours) == stored["mappings"]
    assert ours["_meta"] == {"version": "documents.v1", "models": MODELS, "dims": sizes, "vectors": "flat", "shards": 1}
    (versions,) = client.indices.get_mapping(index=engine.kept_versions.index).body.values()
    assert versions["mappings"] == load_mapping("versions")["mappings"]


def test_every_field_of_the_mapping_is_written_and_none_else():
    entry = make_entry(
        "a",
        "x",
        passages=[(1, 0, 0)],
        doc_vector=(1, 0, 0),
        title_vector=(1, 0, 0),
        tfidf={"x": 1.0},
        published="2025-01-01",
        title_sort="x",
        names=[Name("x", ("x",))],
    )
    assert entry_to_source(entry).keys() == load_mapping("documents")["mappings"]["properties"].keys()


def test_vectors_of_any_length_and_hidden_ones_come_back_bit_for_bit(engine):
    rng = random.Random(4)

    def odd(size: int) -> list[float]:
        return [rng.gauss(0, 1) * 10 ** rng.randint(-6, 6) for _ in range(size)]

    entries = [make_entry(f"d{n}", passages=[(1, 0, 0), (0, 1, 0)], hidden=n % 2 == 0) for n in range(4)]
    for entry in entries:
        object.__setattr__(entry, "doc_vector", vector(odd(3) if entry.doc_id != "d3" else (0, 0, 0)))
        object.__setattr__(entry.passages[1], "vector", vector(odd(3)))
    engine.index(entries)
    ids = [entry.doc_id for entry in entries]
    assert engine.fetch(ids, vectors=True) == entries
    engine.refresh()
    assert engine.fetch(ids, vectors=True) == entries
    assert list(engine.scan()) == entries
    for leg in (Knn("doc_vector", vector((1, 0, 0))), Knn("passages", vector((1, 0, 0)))):
        docs = engine.retrieve([leg], Filters(), 10).legs[0].docs
        assert {doc.doc_id for doc in docs} == ({"d1", "d3"} if leg.field == "passages" else {"d1"})


def test_odd_terms_are_found_and_come_back(engine):
    odd = ("x" * 300, ".", "..", "a..b", ".a", '"', "\\", "null", "\ufeff", "y" * 9000)
    entries = [make_entry(f"d{n}", term, tfidf={term: 0.1234567890123}) for n, term in enumerate(odd)]
    engine.index(entries)
    engine.refresh()
    assert list(engine.scan()) == entries
    for entry, term in zip(entries, odd, strict=True):
        assert [doc.doc_id for doc in engine.retrieve([Match("body", (term,))], Filters(), 5).legs[0].docs] == [entry.doc_id]


def test_three_shards_answer_as_one(url):
    engines = [ElasticEngine(f"{url}-{shards}", Kind(shards=shards)) for shards in (1, 3)]
    answers = []
    for engine in engines:
        engine.index(many(200))
        engine.refresh()
        for filters, sort in ((Filters(), None), (Filters(include={"source": ("s",)}), None), (Filters(), "date")):
            found = engine.retrieve(LEGS, filters, 20, sort, ("source", "year"))
            legs = [[(doc.doc_id, round(doc.score, 5), doc.passage) for doc in leg.docs + leg.head] for leg in found.legs]
            answers.append((legs, found.total, found.counts, found.order))
        assert len(list(engine.scan())) == 200
        engine.close()
    assert answers[:3] == answers[3:]


def test_names_are_cut_after_sorting(engine):
    names = [Name(f"名{n:04}", (f"t{n:04}",)) for n in range(1500)]
    engine.index([make_entry("a", names=[*names, Name("短", ("tt",)), Name("乙", ("t1",)), Name("甲", ("t2",))])])
    engine.refresh()
    assert engine.complete("t", 3) == ["乙", "甲", "短"]


# --- several writers


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


def test_writers_that_make_the_index_at_once_make_one(engine, url):
    engines = [ElasticEngine(url) for _ in range(4)]
    calls = [functools.partial(each.index, [make_entry(f"d{n}")]) for n, each in enumerate(engines)]
    assert at_once(*calls) == []
    assert stored_ids(engine) == ["d0", "d1", "d2", "d3"]
    assert indices(engine) == {"-000001"}


def test_of_first_vectors_of_two_sizes_at_once_one_is_refused(engine, url):
    engine.index([make_entry("a")])
    engines = [ElasticEngine(url) for _ in range(2)]
    calls = [functools.partial(each.index, [make_entry(f"d{n}", doc_vector=(1,) * (n + 2))]) for n, each in enumerate(engines)]
    raised = at_once(*calls)
    assert [type(exc) for exc in raised] == [MappingMismatch]
    assert len(stored_ids(engine)) == 2


def test_other_vectors_that_another_writer_brought_stay_as_they_are(engine, url):
    other = ElasticEngine(url)
    engine.index([make_entry("a")])
    other.index([make_entry("b")])
    other.index([make_entry("b", doc_vector=(1, 0))])
    engine.index([make_entry("c", passages=[(1, 0, 0)])])
    engine.refresh()
    found = engine.retrieve([Knn("doc_vector", vector((1, 0))), Knn("passages", vector((1, 0, 0)))], Filters(), 5)
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
def test_a_write_that_a_whole_rebuild_overtakes_is_not_lost(engine, url, monkeypatch, after, models):
    """The other process opens, reads and swaps while this one is between its look at the marker and its answer."""
    other = ElasticEngine(url)
    engine.index([make_entry("a")])

    def rebuild() -> None:
        with other.rebuild(models, lambda entries: entries) as fresh:
            fresh.index([make_entry(entry.doc_id, models=models) for entry in other.scan()])

    in_between(monkeypatch, rebuild, after)
    if models == MODELS or after:  # after: the rebuild has read it, and took it along
        engine.index([make_entry("late")])
        assert stored_ids(other) == ["a", "late"]
    else:  # not acknowledged: its models are not the new generation's
        with pytest.raises(MappingMismatch):
            engine.index([make_entry("late")])
        assert stored_ids(other) == ["a"]
    assert {tuple(entry.models.items()) for entry in other.scan()} == {tuple(models.items())}
    assert "-000001" not in indices(engine)


@pytest.mark.parametrize("after", [False, True])
def test_a_write_that_sees_a_rebuild_open_only_afterwards_reaches_it(engine, url, monkeypatch, after):
    other = ElasticEngine(url)
    engine.index([make_entry("a")])
    opened = other.rebuild(NEW, derive_new)
    read: list[IndexEntry] = []

    def begin() -> None:
        fresh = opened.__enter__()
        read.extend(other.scan())
        fresh.index(derive_new(read))

    in_between(monkeypatch, begin, after)
    engine.index([make_entry("late")])
    engine.delete(["a"])
    opened.__exit__(None, None, None)
    assert stored_ids(other) == ["late"]


def test_a_write_waits_while_generations_are_swapped(engine, url, monkeypatch):
    other = ElasticEngine(url)
    engine.index([make_entry("a")])
    written: list[float] = []

    def write() -> None:
        engine.index([make_entry("b")])
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


def test_readers_meet_no_error_while_generations_change(engine, url):
    engine.index(many(30))
    engine.refresh()
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
        with engine.rebuild(MODELS, lambda entries: entries) as fresh:
            fresh.index(list(engine.scan()))
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and len(turns) > 6


def die_in_rebuild(url: str, where: str, lease_seconds: float) -> None:
    """In a child process: opens a rebuild and is killed in its body, before its swap, or right after it."""
    marker.LEASE_SECONDS = lease_seconds
    engine = ElasticEngine(url)

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "before the swap":
        handover.Handover.swap = die  # type: ignore[method-assign]
    if where == "after the swap":
        handover.Handover._drop = handover.Lease.end = die  # type: ignore[method-assign, assignment]
        real = marker.Lease.advance
        marker.Lease.advance = lambda self, phase: die() if phase == marker.CLOSED else real(self, phase)  # type: ignore[method-assign]
    with engine.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(list(engine.scan())))
        if where == "in its body":
            die()


@pytest.mark.parametrize("where", ["in its body", "before the swap", "after the swap"])
def test_a_killed_rebuild_is_cleared_away_by_the_next_and_stops_no_writer(engine, url, where):
    engine.index([make_entry("a")])
    child = multiprocessing.get_context("spawn").Process(target=die_in_rebuild, args=(url, where, 1.0))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    models = engine.generation().models
    assert models == (NEW if where == "after the swap" else MODELS)
    engine.index([make_entry("b", models=models)])
    time.sleep(1.1)  # its lease
    with engine.rebuild(MODELS, lambda entries: entries) as fresh:
        fresh.index([make_entry(entry.doc_id) for entry in engine.scan()])
    assert stored_ids(engine) == ["a", "b"]
    assert len(indices(engine)) == 2 and "-rebuild" in indices(engine)


def test_a_living_rebuild_is_left_alone(engine, url):
    engine.index([make_entry("a")])
    other = ElasticEngine(url)
    with engine.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(list(engine.scan())))
        before = indices(engine)
        with pytest.raises(EngineUnavailable, match="is running"), other.rebuild(NEW, derive_new):
            raise AssertionError("two rebuilds at once")
        assert indices(engine) == before
    assert engine.generation().models == NEW


def test_a_rebuild_that_others_took_for_dead_never_swaps(engine, url):
    """Its machine slept longer than its lease; meanwhile a writer gave it up and went on."""
    other = ElasticEngine(url)
    engine.index([make_entry("a")])
    with pytest.raises(EngineUnavailable), engine.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(list(engine.scan())))
        other.handover.clear(other.handover.markers.read())
        other.index([make_entry("b")])
    assert stored_ids(other) == ["a", "b"]
    assert other.generation().models == MODELS
    assert indices(engine) == {"-000001", "-rebuild"}
