"""What only ElasticEngine has: what goes over the wire, its errors, and what its index holds."""

import functools
import json
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from elastic_transport import TransportApiResponse

from search.document import Name, vector
from search.engine.elastic import bulk
from search.engine.elastic.engine import ElasticEngine
from search.engine.elastic.generations import Kind, filled
from search.engine.elastic.layout import entry_to_source
from search.engine.mapping import load_mapping
from search.errors import BadDocument, BadQuery, EngineUnavailable, MappingMismatch
from search.query import Filters, Knn, Match
from tests.factories import MODELS, make_entry, make_version
from tests.search.engine.elastic_index import LEGS, NEW, derive_new, many, stored_ids

pytestmark = pytest.mark.service


def record(elastic: ElasticEngine) -> list[tuple[str, Any]]:
    """The requests that the engine makes from now on: (method and path, what was answered)."""
    seen: list[tuple[str, Any]] = []
    transport = elastic.connection.client.transport
    perform = transport.perform_request

    def recorded(method: str, target: str, **values: Any) -> TransportApiResponse:
        answer = perform(method, target, **values)
        seen.append((f"{method} {urlsplit(target).path}", answer.body))
        return answer

    transport.perform_request = recorded  # type: ignore[method-assign]
    return seen


def without_defaults(mapping: Any) -> Any:
    """A mapping as the cluster tells it: what is the default anyway is left out."""
    if not isinstance(mapping, dict):
        return mapping
    return {name: without_defaults(value) for name, value in mapping.items() if (name, value) != ("index_options", "positions")}


# --- on the wire


@pytest.mark.parametrize("sort", [None, "date"])
@pytest.mark.parametrize("filters", [Filters(), Filters(include={"source": ("s",)})])
def test_a_search_is_three_requests_and_no_answer_holds_a_vector(elastic, sort, filters):
    elastic.index(many())
    elastic.refresh()
    elastic.retrieve(LEGS, filters, 5)
    seen = record(elastic)
    found = elastic.retrieve(LEGS, filters, 5, sort, ("source", "year"))
    entries = elastic.fetch(found.order or [doc.doc_id for doc in found.legs[0].docs])
    assert len(entries) >= 5
    assert [path.rpartition("/")[2] for path, _ in seen] == ["_msearch", "_msearch", "_mget"]
    for _, body in seen:
        text = json.dumps(body)
        assert "vector" not in text and "tfidf" not in text and len(text) < 20_000


def test_one_leg_that_needs_no_counts_is_one_request(elastic):
    elastic.index(many())
    elastic.refresh()
    elastic.retrieve(LEGS[:1], Filters(), 5)
    seen = record(elastic)
    assert elastic.retrieve([LEGS[3]], Filters(), 5).total == 40
    assert len(seen) == 1


def test_a_write_is_one_request_and_one_look_for_a_rebuild(elastic):
    elastic.index(many(3))
    seen = record(elastic)
    elastic.index(many(3))
    assert [path.rpartition("/")[2] for path, _ in seen] == ["_bulk", "state"]


# --- errors at the border


def test_a_server_that_is_not_there_is_unavailable_with_what_to_do():
    elastic = ElasticEngine("http://user:secret@127.0.0.1:9/xinglin")
    calls: list[Callable[[], object]] = [
        lambda: elastic.retrieve(LEGS, Filters(), 5),
        lambda: elastic.index([make_entry()]),
        lambda: elastic.fetch(["a"]),
        lambda: list(elastic.scan()),
        lambda: elastic.versions("a"),
        lambda: elastic.append([make_version()]),
        lambda: elastic.rebuild(NEW, derive_new).__enter__(),
        elastic.refresh,
        elastic.generation,
    ]
    for call in calls:
        with pytest.raises(EngineUnavailable, match="请启动它，或检查地址") as raised:
            call()
        assert "secret" not in str(raised.value)


def test_an_address_without_an_index_is_refused():
    with pytest.raises(EngineUnavailable, match="http://localhost:9200/xinglin"):
        ElasticEngine("http://localhost:9200")


def test_an_index_of_another_layout_is_refused_with_both_names(elastic):
    meta = {"version": "documents.v0"}
    elastic.connection.client.indices.create(
        index=f"{elastic.name}-000001", aliases={elastic.name: {}}, mappings={"_meta": meta}
    )
    for call in (
        lambda: elastic.fetch(["a"]),
        lambda: elastic.index([make_entry()]),
        lambda: elastic.retrieve(LEGS, Filters(), 5),
    ):
        with pytest.raises(MappingMismatch, match=r"documents\.v0.*documents\.v2"):
            call()


def test_more_terms_than_the_cluster_has_memory_for_are_too_long_a_question(elastic):
    elastic.index([make_entry("a", "t0")])
    with pytest.raises(BadQuery, match="请写短些"):
        elastic.retrieve([Match("body", tuple(f"t{n}" for n in range(200_000)))], Filters(), 5)


def test_what_the_cluster_refuses_is_told_by_id_and_the_rest_is_stored(elastic):
    with pytest.raises(BadDocument, match="bad："):
        elastic.index([make_entry("a"), make_entry("bad", source="x" * 40_000), make_entry("b")])
    assert stored_ids(elastic) == ["a", "b"]


def test_half_a_surrogate_pair_is_told_by_id(elastic):
    with pytest.raises(BadDocument, match="文章 a "):
        elastic.index([make_entry("a", text="\ud83d")])


def test_a_full_disk_is_told_at_once(elastic):
    elastic.index([make_entry("a")])
    settings = functools.partial(elastic.connection.client.indices.put_settings, index=elastic.name)
    settings(settings={"index.blocks.read_only_allow_delete": True})
    started = time.monotonic()
    with pytest.raises(EngineUnavailable, match="腾出空间"):
        elastic.index([make_entry("b")])
    assert time.monotonic() - started < 5
    settings(settings={"index.blocks.read_only_allow_delete": None})
    elastic.index([make_entry("b")])
    assert stored_ids(elastic) == ["a", "b"]


@pytest.mark.parametrize("status", [429, 503])
def test_what_a_busy_cluster_puts_off_is_sent_again(elastic, monkeypatch, status):
    monkeypatch.setattr(bulk, "WAITS", (0.01,) * 5)
    elastic.index([make_entry("first")])
    transport = elastic.connection.client.transport
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
    elastic.index([make_entry("a"), make_entry("b")])
    assert sent == [["a", "b"], ["b"]]
    assert stored_ids(elastic) == ["a", "b", "first"]


# --- what is stored


def test_the_mapping_files_are_what_the_cluster_holds(elastic):
    elastic.index([make_entry("a", passages=[(1, 0, 0)], doc_vector=(1, 0), title_vector=(1, 0, 0))])
    elastic.append([make_version()])
    client = elastic.connection.client
    (stored,) = client.indices.get_mapping(index=elastic.name).body.values()
    sizes = {"passages": 3, "doc_vector": 2, "title_vector": 3}
    ours = filled(Kind(), MODELS, sizes)["mappings"]
    assert without_defaults(ours) == stored["mappings"]
    assert ours["_meta"] == {"version": "documents.v2", "models": MODELS, "dims": sizes, "vectors": "flat", "shards": 1}
    (versions,) = client.indices.get_mapping(index=elastic.kept_versions.index).body.values()
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


def test_vectors_of_any_length_and_hidden_ones_come_back_bit_for_bit(elastic):
    rng = random.Random(4)

    def odd(size: int) -> list[float]:
        return [rng.gauss(0, 1) * 10 ** rng.randint(-6, 6) for _ in range(size)]

    entries = [make_entry(f"d{n}", passages=[(1, 0, 0), (0, 1, 0)], hidden=n % 2 == 0) for n in range(4)]
    for entry in entries:
        object.__setattr__(entry, "doc_vector", vector(odd(3) if entry.doc_id != "d3" else (0, 0, 0)))
        object.__setattr__(entry.passages[1], "vector", vector(odd(3)))
    elastic.index(entries)
    ids = [entry.doc_id for entry in entries]
    assert elastic.fetch(ids, vectors=True) == entries
    elastic.refresh()
    assert elastic.fetch(ids, vectors=True) == entries
    assert list(elastic.scan()) == entries
    for leg in (Knn("doc_vector", vector((1, 0, 0))), Knn("passages", vector((1, 0, 0)))):
        docs = elastic.retrieve([leg], Filters(), 10).legs[0].docs
        assert {doc.doc_id for doc in docs} == ({"d1", "d3"} if leg.field == "passages" else {"d1"})


def test_odd_terms_are_found_and_come_back(elastic):
    odd = ("x" * 300, ".", "..", "a..b", ".a", '"', "\\", "null", "\ufeff", "y" * 9000)
    entries = [make_entry(f"d{n}", term, tfidf={term: 0.1234567890123}) for n, term in enumerate(odd)]
    elastic.index(entries)
    elastic.refresh()
    assert list(elastic.scan()) == entries
    for entry, term in zip(entries, odd, strict=True):
        assert [doc.doc_id for doc in elastic.retrieve([Match("body", (term,))], Filters(), 5).legs[0].docs] == [entry.doc_id]


def test_three_shards_answer_as_one(url):
    engines = [ElasticEngine(f"{url}-{shards}", Kind(shards=shards)) for shards in (1, 3)]
    answers = []
    for elastic in engines:
        elastic.index(many(200))
        elastic.refresh()
        for filters, sort in ((Filters(), None), (Filters(include={"source": ("s",)}), None), (Filters(), "date")):
            found = elastic.retrieve(LEGS, filters, 20, sort, ("source", "year"))
            legs = [[(doc.doc_id, round(doc.score, 5), doc.passage) for doc in leg.docs + leg.head] for leg in found.legs]
            answers.append((legs, found.total, found.counts, found.order))
        assert len(list(elastic.scan())) == 200
        elastic.close()
    assert answers[:3] == answers[3:]


def test_names_are_cut_after_sorting(elastic):
    names = [Name(f"名{n:04}", (f"t{n:04}",)) for n in range(1500)]
    elastic.index([make_entry("a", names=[*names, Name("短", ("tt",)), Name("乙", ("t1",)), Name("甲", ("t2",))])])
    elastic.refresh()
    assert elastic.complete("t", 3) == ["乙", "甲", "短"]
