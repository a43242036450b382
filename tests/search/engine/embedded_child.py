"""A process that writes to an embedded index until it is killed, and says what was acknowledged.

    python -m tests.search.engine.embedded_child FOLDER SEED [MOMENT COUNT]

Each line is one fact: `try ID`, `kept ID`, `gone ID`. With a moment, it kills itself at the COUNT-th time that moment
comes; the moments lie inside the writing of a segment file, its merge, and the swap of generations.
"""

import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from search.document import IndexEntry
from search.engine.embedded import catalogue, chain, entries, files, generations, rebuild
from search.engine.embedded.engine import EmbeddedEngine
from tests.factories import make_entry

MOMENTS: dict[str, tuple[Any, str]] = {
    "segment written, not yet synced": (files.os, "fsync"),
    "segment synced, not yet named": (files.Path, "rename"),
    "segment named, others not yet removed": (files, "sync_folder"),
    "some of the merged segments removed": (chain.Path, "unlink"),
    "merging": (chain, "merge_segments"),
    "entries written, not yet committed": (entries, "write_generation"),
    "during the last round of a rebuild": (rebuild, "_touched"),
    "generations swapped, not yet committed": (generations, "swap"),
    "old generation being removed": (generations, "forget_orphans"),
}


def entry_of(doc_id: str, models: dict[str, str]) -> IndexEntry:
    """An entry that every leg finds."""
    rng = random.Random(doc_id)
    vectors = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(2)]
    return make_entry(
        doc_id, f"x {doc_id}", body_chars="头痛", tfidf={"x": 1.0}, passages=vectors, doc_vector=vectors[0], models=models
    )


def main(folder: str, seed: str, moment: str = "", count: str = "0") -> None:
    """Write, delete, file and rebuild for ever."""
    catalogue.FILE_DOCS = 4  # so that the moments come often
    if moment:
        kill_at(*MOMENTS[moment], int(count))
    rng = random.Random(seed)
    engine = EmbeddedEngine(Path(folder))
    mine: list[str] = []
    for turn in range(1_000_000):
        models = dict(engine.generation().models) or {"turn": "0"}
        batch = [f"{seed}-{turn}-{i}" for i in range(rng.randint(1, 5))]
        engine.index([entry_of(doc_id, models) for doc_id in batch])
        mine += batch
        say("kept", batch)
        if turn % 3 == 0:
            doomed = [mine.pop(rng.randrange(len(mine)))]
            say("try", doomed)
            engine.delete(doomed)
            say("gone", doomed)
        engine.refresh()
        if turn % 5 == 4:
            say("kept", rebuild_once(engine, {"turn": f"{seed}-{turn}"}, f"{seed}-{turn}-during"))
            mine.append(f"{seed}-{turn}-during")


def rebuild_once(engine: EmbeddedEngine, models: dict[str, str], during: str) -> list[str]:
    """Derive everything again, with one write meanwhile."""

    def rederive(stored: Sequence[IndexEntry]) -> list[IndexEntry]:
        return [entry_of(entry.doc_id, models) for entry in stored]

    old_models = dict(engine.generation().models)
    with engine.rebuild(models, rederive) as fresh:
        fresh.index(rederive(list(engine.scan())))
        engine.index([entry_of(during, old_models)])
    return [during]


def say(fact: str, doc_ids: Sequence[str]) -> None:
    """One line each, at once: what is said has happened."""
    for doc_id in doc_ids:
        os.write(1, f"{fact} {doc_id}\n".encode())


def kill_at(owner: Any, name: str, count: int) -> None:
    """Die in the count-th call of the function, before it does anything or right after, turn by turn."""
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def deadly(*args: Any, **values: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and count % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **values)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


if __name__ == "__main__":
    main(*sys.argv[1:])
