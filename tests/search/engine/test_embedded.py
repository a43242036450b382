"""What the embedded engine promises beyond the contract: derived files heal, processes share, statistics stay true."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from search.document import IndexEntry, vector
from search.engine.embedded import catalogue, chain, words
from search.engine.embedded.engine import EmbeddedEngine
from search.engine.embedded.found import Found, largest
from search.engine.embedded.vectors import Vectors
from search.errors import BadQuery, EngineUnavailable, MappingMismatch
from search.query import FIELDS, Filters, Knn, Leg, Match, Phrase, Retrieved, Sparse
from tests.factories import MODELS, make_entry
from tests.search.engine import brute_force
from tests.search.engine.embedded_child import entry_of

LEGS = (
    Match("body", ("x",)),
    Sparse("tfidf", {"x": 1.0}),
    Knn("passages", vector((1, 0, 0))),
    Knn("doc_vector", vector((1, 1, 0))),
)
PHRASE = Filters(phrases=(Phrase(("body_chars",), ("头", "痛")),))


@pytest.fixture
def open_index(tmp_path: Path) -> Iterator[Callable[[], EmbeddedEngine]]:
    """Opens one and the same index as often as asked."""
    opened: list[EmbeddedEngine] = []

    def open_one() -> EmbeddedEngine:
        opened.append(EmbeddedEngine(tmp_path / "index"))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


def answer(engine: EmbeddedEngine) -> Retrieved:
    return engine.retrieve(LEGS, PHRASE, 1000, facets=tuple(FIELDS))


def segments(engine: EmbeddedEngine) -> list[Path]:
    return sorted((engine.path / "segments").glob("g*/*.segment"))


# --- derived files


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def delete(path: Path) -> None:
    path.unlink()


def alter(path: Path) -> None:
    """Half of the bytes in the middle, where nothing but the checksum tells."""
    content = bytearray(path.read_bytes())
    middle = slice(len(content) // 4, len(content) * 3 // 4)
    content[middle] = bytes(byte ^ 1 for byte in content[middle])
    path.write_bytes(content)


def break_the_header(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)


def become_another_layout(path: Path) -> None:
    path.write_bytes(b"xinglin0" + path.read_bytes()[8:])


@pytest.mark.parametrize("harm", [cut_short, empty, delete, alter, break_the_header, become_another_layout])
@pytest.mark.parametrize("which", [0, 1])
def test_a_harmed_segment_file_is_written_anew(open_index, monkeypatch, caplog, harm, which):
    monkeypatch.setattr(chain, "MERGE_RATIO", 0)
    engine = open_index()
    for start in (0, 10):
        engine.index([entry_of(f"d{i:02}", MODELS) for i in range(start, start + 10)])
        engine.file_all()
    before = answer(engine)
    engine.close()
    assert len(segments(engine)) == 2
    harm(segments(engine)[which])
    again = open_index()
    assert answer(again) == before
    again.file_all()
    caplog.clear()
    assert answer(open_index()) == before
    assert not caplog.records  # the files are whole again


def test_segments_and_locks_may_be_deleted_under_an_open_engine(open_index):
    engine = open_index()
    engine.index([entry_of(f"d{i}", MODELS) for i in range(10)])
    engine.file_all()
    before = answer(engine)
    for path in (engine.path / "segments").glob("g*/*"):
        path.unlink()
    assert answer(engine) == before
    engine.index([entry_of("another", MODELS)])
    assert answer(engine).total == 11
    engine.file_all()
    assert answer(open_index()).total == 11


def test_a_segment_of_another_store_is_not_believed(open_index, tmp_path):
    other = EmbeddedEngine(tmp_path / "other")
    other.index([entry_of("stranger", MODELS)])
    other.file_all()
    other.close()
    engine = open_index()
    engine.index([entry_of("own", MODELS)])
    engine.file_all()
    engine.close()
    (own,), (foreign,) = segments(engine), segments(other)
    own.write_bytes(foreign.read_bytes())
    assert [doc.doc_id for doc in answer(open_index()).legs[0].docs] == ["own"]


def test_a_copied_index_answers_the_same(open_index, tmp_path):
    engine = open_index()
    engine.index([entry_of(f"d{i}", MODELS) for i in range(10)])
    engine.file_all()
    before = answer(engine)
    engine.close()
    subprocess.run(["cp", "-r", engine.path, tmp_path / "copy"], check=True)
    copy = EmbeddedEngine(tmp_path / "copy")
    assert answer(copy) == before
    copy.close()


def test_many_commits_leave_few_segments(open_index, monkeypatch):
    monkeypatch.setattr(catalogue, "FILE_DOCS", 5)
    engine, reader = open_index(), open_index()
    for i in range(200):
        engine.index([entry_of(f"d{i:03}", MODELS)])
        engine.refresh()
        reader.retrieve(LEGS[:1], Filters(), 1)
    assert len(segments(engine)) <= 6
    assert len(reader._catalogue.current().shards) <= 8
    assert answer(reader).total == answer(engine).total == answer(open_index()).total == 200


def test_replaced_documents_leave_the_segments(open_index, monkeypatch):
    monkeypatch.setattr(catalogue, "FILE_DOCS", 5)
    engine = open_index()
    for _ in range(30):
        engine.index([entry_of(f"d{i}", MODELS) for i in range(10)])
        engine.refresh()
    held = sum(len(shard) for shard in open_index()._catalogue.current().shards)
    assert held <= 20


# --- statistics and exactness


def test_replacing_documents_does_not_move_the_scores_of_others(open_index, tmp_path):
    engine, fresh = open_index(), EmbeddedEngine(tmp_path / "fresh")
    texts = {f"d{i}": " ".join(random.Random(i).choices(["x", "y", "z"], k=5)) for i in range(20)}
    for _ in range(3):
        engine.index([make_entry(doc_id, "w w w w x") for doc_id in texts])
        engine.index([make_entry(doc_id, text) for doc_id, text in texts.items()])
    fresh.index([make_entry(doc_id, text) for doc_id, text in texts.items()])
    legs = [Match("body", ("x", "y"))]
    assert engine.retrieve(legs, Filters(), 100) == fresh.retrieve(legs, Filters(), 100)
    fresh.close()


def test_the_scan_finds_the_truly_nearest(open_index):
    rng = np.random.default_rng(7)
    centres = rng.standard_normal((20, 32))
    rows = (centres[rng.integers(0, 20, 3_000)] + 0.3 * rng.standard_normal((3_000, 32))).astype(np.float32)
    engine = open_index()
    engine.index(replace(make_entry(f"d{i:04}"), doc_vector=vector(row)) for i, row in enumerate(rows))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for query in rng.standard_normal((20, 32)).astype(np.float32):
        (leg,) = engine.retrieve([Knn("doc_vector", vector(query), k=200)], Filters(), 200).legs
        true = unit @ (query / np.linalg.norm(query))
        assert [doc.doc_id for doc in leg.docs] == [f"d{i:04}" for i in np.argsort(-true, kind="stable")[:200]]
        assert [doc.score for doc in leg.docs] == pytest.approx(sorted(true, reverse=True)[:200], abs=1e-6)


@pytest.mark.parametrize("dims", [2, 3, 32, 384])
def test_a_rough_cosine_is_as_far_off_as_it_says(dims):
    rng = np.random.default_rng(dims)
    rows = rng.standard_normal((5_000, dims)).astype(np.float32) * rng.uniform(0.1, 10, (5_000, 1)).astype(np.float32)
    vectors = Vectors.of([[(0, row.tobytes())] for row in rows])
    for query in rng.standard_normal((20, dims)).astype(np.float32):
        rough = np.empty(len(rows), np.float32)
        error = vectors.rough(query, rough)
        off = np.abs(rough - vectors.exact(query, np.arange(len(rows)))).max()
        assert error / 10 < off <= error


def test_documents_with_very_many_passages_do_not_crowd_out_the_others(open_index):
    engine = open_index()
    engine.index([make_entry("long", passages=[(1, i / 1000, 0) for i in range(100)])])
    engine.index([make_entry(f"d{i}", passages=[(0.5, 1, i)]) for i in range(10)])
    (leg,) = engine.retrieve([Knn("passages", vector((1, 0, 0)), k=5)], Filters(), 10).legs
    assert len(leg.docs) == 5


@pytest.mark.parametrize("seed", range(30))
def test_the_largest_are_found_with_all_ties_of_the_last(seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, rng.integers(1, 2_000), rng.integers(1, 3_000)).astype(float)
    count = int(rng.integers(1, 1_200))
    worst = sorted(values, reverse=True)[:count][-1]
    assert largest(values, count).tolist() == np.flatnonzero(values >= worst).tolist()


def test_a_found_list_keeps_its_passages_in_step():
    found = Found(np.array([1, 2, 3]), np.array([0.1, 0.2, 0.3]), np.array([7, 8, 9]))
    assert found.at(np.array([2, 0])).passages.tolist() == [9, 7]  # type: ignore[union-attr]


def random_entry(rng: random.Random, doc_id: str) -> IndexEntry:
    def some() -> list[float]:
        return [rng.gauss(0, 1) for _ in range(3)]

    return make_entry(
        doc_id,
        " ".join(rng.choices("xyzuvw", k=rng.choice([0, 1, 2, 5, 60]))),
        title_terms=" ".join(rng.choices("xyz", k=rng.randint(0, 2))),
        body_chars="".join(rng.choices("头痛发热", k=rng.randint(0, 8))),
        tfidf={term: rng.choice([0.25, 0.5]) for term in rng.sample("xyz", rng.randint(0, 3))},
        passages=[some() for _ in range(rng.randint(0, 3))],
        doc_vector=some() if rng.random() < 0.8 else None,
        source=rng.choice("st"),
        departments=tuple(rng.sample(["内科/神经内科", "内科", "外科"], rng.randint(0, 2))),
        published=rng.choice(["", "2023-01-01", "2024-06-01"]),
        newest=rng.random() < 0.8,
        hidden=rng.random() < 0.1,
    )


def random_search(rng: random.Random) -> tuple[list[Leg], Filters, int]:
    legs: list[Leg] = [
        Match("body", tuple(rng.choices("xyzuvwq", k=rng.randint(1, 4))), rng.choice([0, 0.5, 1])),
        Match("title", tuple(rng.choices("xyz", k=2))),
        Sparse("tfidf", {term: rng.choice([0.5, 1.0]) for term in rng.sample("xyzq", 2)}),
        Knn("passages", vector([rng.gauss(0, 1) for _ in range(3)]), k=rng.choice([1, 5, 100]), margin=rng.choice([0.2, 2])),
        Knn("doc_vector", vector([rng.gauss(0, 1) for _ in range(3)]), k=7, floor=rng.choice([-1, 0.99])),
    ]
    filters = Filters(
        include=rng.choice([{}, {"source": ("s",)}, {"department": ("内科",), "source": ("t", "q")}]),
        exclude=rng.choice([{}, {}, {"department": ("内科/神经内科",)}]),
        phrases=rng.choice(
            [
                (),
                (),
                (
                    Phrase(
                        rng.choice([("body_chars",), ("title_chars", "body_chars")]),
                        tuple(rng.choices("头痛发", k=rng.randint(1, 3))),
                    ),
                ),
            ]
        ),
        without_terms=rng.choice([(), (), (Phrase(("body_chars",), ("热",)),)]),
        published_from=rng.choice([None, None, date(2023, 6, 1)]),
        published_to=rng.choice([None, None, date(2024, 1, 1)]),
        newest_only=rng.random() < 0.2,
    )
    return rng.sample(legs, rng.randint(0, 5)), filters, rng.choice([1, 3, 10, 1000])


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_in_whatever_order_answers_are_those_of_brute_force(open_index, monkeypatch, seed):
    monkeypatch.setattr(catalogue, "FILE_DOCS", 7)
    monkeypatch.setattr(catalogue, "PART_DOCS", 5)
    monkeypatch.setattr(words, "MERGE_BLOCK", 16)
    rng = random.Random(seed)
    writer, reader = open_index(), open_index()
    stored: dict[str, IndexEntry] = {}
    for _ in range(25):
        batch = [random_entry(rng, f"d{rng.randrange(60):02}") for _ in range(rng.randint(1, 8))]
        writer.index(batch)
        stored |= {entry.doc_id: entry for entry in batch}
        doomed = rng.sample(sorted(stored), min(len(stored), rng.randint(0, 2)))
        writer.delete(doomed)
        stored = {doc_id: entry for doc_id, entry in stored.items() if doc_id not in doomed}
        rng.choice([writer.refresh, writer.file_all, lambda: None, lambda: None])()
        legs, filters, limit = random_search(rng)
        found = rng.choice([writer, reader]).retrieve(legs, filters, limit, facets=tuple(FIELDS))
        lists, total, counts = brute_force.search(stored, legs, filters, limit, FIELDS)
        assert found.total == total
        assert found.counts == counts
        for leg, expected in zip(found.legs, lists, strict=True):
            assert [doc.doc_id for doc in leg.docs] == [doc_id for doc_id, _ in expected]
            assert [doc.score for doc in leg.docs] == pytest.approx([score for _, score in expected], abs=1e-6)
    assert [entry.doc_id for entry in open_index().scan()] == sorted(stored)


# --- processes


def test_writes_of_another_process_are_seen_after_its_refresh(open_index):
    reader = open_index()
    script = (
        "import sys; from pathlib import Path; from search.engine.embedded.engine import EmbeddedEngine;"
        "from tests.factories import MODELS; from tests.search.engine.embedded_child import entry_of;"
        "engine = EmbeddedEngine(Path(sys.argv[1]))\n"
        "for line in sys.stdin:\n"
        "    engine.index([entry_of(line.strip(), MODELS)]); engine.refresh(); print(flush=True)"
    )
    command = [sys.executable, "-c", script, str(reader.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout
        for number in range(5):
            print(f"child{number}", file=child.stdin, flush=True)
            child.stdout.readline()
            reader.index([entry_of(f"parent{number}", MODELS)])
            assert answer(reader).total == 2 * (number + 1)
        child.stdin.close()


def test_threads_share_an_engine(open_index, monkeypatch):
    monkeypatch.setattr(catalogue, "FILE_DOCS", 5)
    engine = open_index()
    written = 0

    def search(_: int) -> bool:
        for _ in range(40):
            before = written
            total = answer(engine).total
            if not before <= total:
                return False
        return True

    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(search, range(4))
        for number in range(60):
            engine.index([entry_of(f"d{number}", MODELS)])
            written = number + 1
            engine.refresh()
        assert all(answers)
    assert answer(engine).total == 60


def test_an_engine_used_after_a_fork_says_so_at_once(open_index):
    engine = open_index()
    engine.index([entry_of("a", MODELS)])
    answer(engine)
    pid = os.fork()
    if not pid:
        signal.alarm(10)
        refused = 0
        for use in (lambda: answer(engine), lambda: engine.fetch(["a"]), lambda: engine.index([]), engine.refresh):
            try:
                use()
            except EngineUnavailable as exc:
                refused += "子进程之后再打开" in str(exc)
        os._exit(0 if refused == 4 else 1)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert answer(engine).total == 1


def test_an_engine_opened_after_a_fork_works(open_index):
    engine = open_index()
    engine.index([entry_of("a", MODELS)])
    answer(engine)
    pid = os.fork()
    if not pid:
        signal.alarm(10)
        own = EmbeddedEngine(engine.path)
        own.index([entry_of("b", MODELS)])
        os._exit(0 if answer(own).total == 2 else 1)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert answer(engine).total == 2


def test_a_closed_engine_says_so(open_index):
    engine = open_index()
    engine.close()
    with pytest.raises(EngineUnavailable, match="已经关上"):
        answer(engine)


# --- rebuilds


def test_a_rebuild_that_died_is_cleared_away(open_index):
    engine = open_index()
    engine.index([entry_of("a", MODELS)])
    pid = os.fork()
    if not pid:
        with EmbeddedEngine(engine.path).rebuild({"new": "1"}, list) as fresh:
            fresh.index([entry_of("b", {"new": "1"})])
            fresh.file_all()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert len(list((engine.path / "segments").iterdir())) == 2
    again = open_index()
    assert [folder.name for folder in (engine.path / "segments").glob("g*")] == []
    assert [entry.doc_id for entry in again.scan()] == ["a"]
    with again.rebuild({"new": "1"}, list) as fresh:
        fresh.index([entry_of("c", {"new": "1"})])
    assert [entry.doc_id for entry in engine.scan()] == ["c"]


def test_nothing_of_an_old_generation_stays(open_index):
    engine = open_index()
    engine.index([entry_of(f"d{i}", MODELS) for i in range(10)])
    engine.file_all()
    with engine.rebuild({"new": "1"}, list) as fresh:
        fresh.index([entry_of("c", {"new": "1"})])
    with sqlite3.connect(engine.path / "index.db") as connection:
        assert connection.execute("SELECT COUNT(*) FROM entries").fetchone() == (1,)
        assert connection.execute("SELECT COUNT(*) FROM generations").fetchone() == (1,)
    assert [path.parent.name for path in segments(engine)] == ["g2"]
    assert answer(engine).total == 1


# --- refusals


def test_an_index_of_another_mapping_says_how_to_mend_it_and_a_rebuild_does(open_index):
    engine = open_index()
    engine.index([entry_of("a", MODELS)])
    with sqlite3.connect(engine.path / "index.db") as connection:
        connection.execute("UPDATE generations SET mapping_version = 'documents.v0'")
    old = open_index()
    for use in (lambda: answer(old), lambda: old.index([entry_of("b", MODELS)]), lambda: old.complete("a", 1)):
        with pytest.raises(MappingMismatch, match=r"documents\.v0.*rebuild"):
            use()
    assert old.generation().mapping_version == "documents.v0"
    with old.rebuild(MODELS, list) as fresh:
        fresh.index(list(old.scan()))
    assert answer(old).total == 1


def test_an_index_of_another_release_is_refused(open_index):
    engine = open_index()
    engine.close()
    with sqlite3.connect(engine.path / "index.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(MappingMismatch, match="发行版"):
        open_index()


def test_a_damaged_database_is_an_error_that_names_the_file(open_index):
    engine = open_index()
    engine.close()
    (engine.path / "index.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(EngineUnavailable, match=r"index\.db.*备份"):
        open_index()


def test_a_folder_that_cannot_be_is_an_error_that_names_it(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineUnavailable, match="放不了索引"):
        EmbeddedEngine(tmp_path / "file" / "index")


def test_vectors_of_another_size_are_refused(open_index):
    engine = open_index()
    engine.index([make_entry("a", doc_vector=(1, 0, 0))])
    with pytest.raises(MappingMismatch, match=r"b .*2 维"):
        engine.index([make_entry("c"), make_entry("b", doc_vector=(1, 0))])
    assert engine.fetch(["b", "c"]) == []
    with pytest.raises(BadQuery, match="2"):
        engine.retrieve([Knn("doc_vector", vector((1, 0)))], Filters(), 10)


@pytest.mark.parametrize(
    "leg",
    [
        Match("colour", ("x",)),
        Sparse("colour", {"x": 1.0}),
        Knn("colour", vector((1, 0))),
        Knn("doc_vector", vector((0, 0, 0))),
    ],
)
def test_a_leg_that_cannot_be_answered_is_a_bad_query(open_index, leg):
    engine = open_index()
    engine.index([make_entry("a", doc_vector=(1, 0, 0))])
    with pytest.raises(BadQuery):
        engine.retrieve([leg], Filters(), 10)


def test_a_vector_that_is_no_vector_hides_no_other(open_index):
    engine = open_index()
    broken = [
        replace(make_entry(f"b{i}"), doc_vector=vector(v))
        for i, v in enumerate([(0, 0, 0), (float("nan"), 1, 1), (float("inf"), 1, 1)])
    ]
    engine.index([*broken, make_entry("a", doc_vector=(1, 0, 0))])
    (leg,) = engine.retrieve([Knn("doc_vector", vector((1, 0, 0)), margin=0.5)], Filters(), 10).legs
    assert [doc.doc_id for doc in leg.docs] == ["a"]
    with pytest.raises(BadQuery):
        engine.retrieve([Knn("doc_vector", vector((float("nan"), 0, 0)))], Filters(), 10)


def test_legs_of_nothing_find_nothing(open_index):
    engine = open_index()
    engine.index([entry_of("a", MODELS)])
    found = engine.retrieve([Match("body", ()), Sparse("tfidf", {}), Knn("passages", vector((1, 0, 0)), k=0)], Filters(), 10)
    assert (found.total, [leg.docs for leg in found.legs]) == (0, [(), (), ()])
