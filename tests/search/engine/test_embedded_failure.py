"""The embedded engine under kill -9 and on a full disk: nothing that was acknowledged is lost, nothing is doubled."""

import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from search.document import vector
from search.engine.embedded.database import Database
from search.engine.embedded.engine import EmbeddedEngine
from search.engine.embedded.locks import lock
from search.errors import EngineUnavailable
from search.query import Filters, Knn, Match, Sparse
from tests.search.engine.embedded_child import MOMENTS, entry_of

LEGS = (
    Match("body", ("x",)),
    Sparse("tfidf", {"x": 1.0}),
    Knn("passages", vector((1, 0, 0)), k=100_000),
    Knn("doc_vector", vector((1, 0, 0)), k=100_000),
)


class Oracle:
    """What the children acknowledged."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.gone: set[str] = set()
        self.in_doubt: set[str] = set()

    def hear(self, output: str) -> None:
        for line in output.splitlines():
            fact, _, doc_id = line.partition(" ")
            {"kept": self.kept, "gone": self.gone, "try": self.in_doubt}[fact].add(doc_id)

    def check(self, engine: EmbeddedEngine) -> None:
        stored = [entry.doc_id for entry in engine.scan()]
        assert self.kept - self.in_doubt <= set(stored)
        assert not self.gone & set(stored)
        found = engine.retrieve(LEGS, Filters(), 1_000_000)
        for leg in found.legs:
            assert Counter(doc.doc_id for doc in leg.docs) == Counter(stored)
        assert found.total == len(stored) == engine.generation().documents


def run_child(folder: Path, seed: str, *moment: str, seconds: float = 60.0) -> str:
    """Start a child, let it write for so long after its first word at most, kill it; all that it said."""
    command = [sys.executable, "-m", "tests.search.engine.embedded_child", str(folder), seed, *moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        first = child.stdout.readline()
        deadline = time.monotonic() + seconds
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        child.kill()
        rest = child.stdout.read()
    assert child.returncode == -9, f"the child ended by itself: {child.returncode}"
    return (first + rest).rpartition("\n")[0]


@pytest.mark.failure
def test_no_acknowledged_write_is_lost_whenever_the_writer_is_killed(tmp_path):
    rng = random.Random(20260102)
    oracle = Oracle()
    for number in range(14):
        seconds = rng.uniform(0.0, 1.5)
        print(f"kill {number}: {seconds:.3f} s after the first acknowledgement")
        oracle.hear(run_child(tmp_path / "index", f"t{number}", seconds=seconds))
        engine = EmbeddedEngine(tmp_path / "index")
        oracle.check(engine)
        engine.close()
    assert len(oracle.kept) >= 14  # each child was heard before it was killed


@pytest.mark.failure
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_acknowledged_write_is_lost_when_the_writer_dies(tmp_path, moment):
    rng = random.Random(moment)
    oracle = Oracle()
    for number in range(3):
        count = rng.randint(1, 6)
        print(f"dies at the {count}th time of: {moment}")
        oracle.hear(run_child(tmp_path / "index", f"m{number}", moment, str(count)))
        engine = EmbeddedEngine(tmp_path / "index")
        oracle.check(engine)
        engine.file_all()
        oracle.check(engine)
        engine.close()
    assert oracle.kept  # something was acknowledged, and none of it lost


@pytest.mark.failure
def test_a_full_disk_loses_nothing_and_leaves_readers_alone(tmp_path):
    """RLIMIT_FSIZE stands for the disk: no file can grow beyond it."""
    oracle = Oracle()
    command = [sys.executable, "-m", "tests.search.engine.embedded_child", str(tmp_path / "index"), "full"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))  # noqa: E731
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, preexec_fn=limit, check=False)
    assert "EngineUnavailable" in ended.stderr
    assert "full" in ended.stderr
    oracle.hear(ended.stdout)
    assert len(oracle.kept) > 20
    engine = EmbeddedEngine(tmp_path / "index")
    oracle.check(engine)
    engine.file_all()
    oracle.check(engine)
    engine.close()


@pytest.mark.failure
def test_an_index_that_may_not_grow_says_so_and_goes_on_with_what_it_has(tmp_path, monkeypatch):
    """SQLite's own limit of pages, as a quota sets it: the only way to reach SQLITE_FULL inside a statement."""
    connect = Database._connect

    def limited(database):
        connection = connect(database)
        connection.execute("PRAGMA max_page_count = 100")
        return connection

    monkeypatch.setattr(Database, "_connect", limited)
    engine = EmbeddedEngine(tmp_path / "index")
    oracle = Oracle()
    with pytest.raises(EngineUnavailable, match="磁盘已满；请腾出空间再试"):
        for number in range(1000):
            batch = [f"{number}-{i}" for i in range(3)]
            engine.index([entry_of(doc_id, {"turn": "0"}) for doc_id in batch])
            oracle.kept.update(batch)
    assert len(oracle.kept) > 20
    oracle.check(engine)
    with pytest.raises(EngineUnavailable, match="磁盘已满"), engine.rebuild({"turn": "1"}, list) as fresh:
        fresh.index([entry_of(entry.doc_id, {"turn": "1"}) for entry in engine.scan()])
    assert engine.generation().models == {"turn": "0"}
    oracle.check(engine)
    engine.close()
    monkeypatch.undo()
    again = EmbeddedEngine(tmp_path / "index")
    again.index([entry_of("after", {"turn": "0"})])
    oracle.kept.add("after")
    oracle.check(again)
    again.close()


@pytest.mark.parametrize("left", ["half a segment", "a segment that a merged one covers"])
def test_what_a_killed_writer_left_is_removed_when_the_index_is_opened(tmp_path, left):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.index([entry_of(f"d{i}", {"turn": "0"}) for i in range(20)])
    engine.file_all()
    engine.close()
    (segment,) = (tmp_path / "index" / "segments").glob("g*/*.segment")
    low, high = segment.stem.split("-")
    if left == "half a segment":
        segment.with_suffix(".tmp").write_bytes(segment.read_bytes()[:1000])
    else:
        segment.with_name(f"{low}-{int(high) - 1:012}.segment").write_bytes(segment.read_bytes())
    engine = EmbeddedEngine(tmp_path / "index")
    assert list(segment.parent.iterdir()) == [segment]
    assert len(list(engine.scan())) == engine.retrieve(LEGS, Filters(), 100).total == 20
    engine.close()


def test_the_files_of_a_writer_at_work_are_left_alone(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.index([entry_of("a", {"turn": "0"})])
    engine.file_all()
    engine.close()
    (segment,) = (tmp_path / "index" / "segments").glob("g*/*.segment")
    half = segment.with_suffix(".tmp")
    half.write_bytes(b"half a segment")
    with lock(tmp_path / "index" / "segments" / "write.lock"):
        EmbeddedEngine(tmp_path / "index").close()
    assert half.exists()
