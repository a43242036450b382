"""`python -m indexer` that kills itself at a named moment.

    python -m tests.indexer.dying_command MOMENT COUNT MILLISECONDS load PATH...

At the COUNT-th time that the moment comes, it dies after so many milliseconds, at the latest when the function that makes
the moment is done; 0 is before it has done anything. Batches and segment files are small, so that the moments come often.
"""

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from indexer import __main__ as indexer
from search.engine.embedded import catalogue, chain, files, generations
from search.engine.embedded import engine as embedded
from search.text import models
from search.text.encoders import cache
from search.text.tfidf import TfidfModel

BATCH = 2
COMMIT = "inside a commit of SQLite"


class Moment(NamedTuple):
    """A function, and within how many milliseconds of it death may come; a thousand is when it is done."""

    owner: Any
    name: str
    milliseconds: float


MOMENTS = {
    COMMIT: Moment(sqlite3, "connect", 3),
    "versions are stored, entries are not": Moment(embedded, "put", 0),
    "a batch of vectors goes to the cache": Moment(cache.CachedEncoder, "_write", 4),
    "a segment file is half written": Moment(files, "_write", 6),
    "a segment file has no name yet": Moment(files, "_stamp", 0),
    "segments are merged, the old ones still there": Moment(chain.Chain, "tidy", 0),
    "a model is half written": Moment(TfidfModel, "save", 2),
    "a model has no name yet": Moment(models, "_take_place", 0),
    "a model has just got its name": Moment(models, "_take_place", 1000),
    "models are saved, the rebuild has not begun": Moment(embedded, "begin_fresh", 0),
    "the last entries are brought over and the generation swapped": Moment(embedded, "settle", 8),
    "generations are swapped, not yet committed": Moment(generations, "swap", 1000),
    "the old generation is being removed": Moment(generations, "forget_orphans", 1000),
    "the old generation's segments are being removed": Moment(embedded.shutil, "rmtree", 0),
}


def main(moment: str, count: str, milliseconds: str, *command: str) -> int:
    """Run the command with the moment armed; an empty moment is none."""
    indexer.BATCH = BATCH
    catalogue.FILE_DOCS = 2 * BATCH
    if moment == COMMIT:
        _arm_commits(int(count), float(milliseconds))
    elif moment:
        owner, name, _ = MOMENTS[moment]
        setattr(owner, name, _deadly(getattr(owner, name), int(count), float(milliseconds)))
    return indexer.main(command)


def _deadly(original: Callable[..., Any], count: int, milliseconds: float) -> Callable[..., Any]:
    left = count

    def deadly(*args: Any, **values: Any) -> Any:
        nonlocal left
        left -= 1
        return original(*args, **values) if left else _last_act(partial(original, *args, **values), milliseconds)

    return deadly


def _last_act(act: Callable[[], Any], milliseconds: float) -> None:
    if milliseconds:
        threading.Thread(target=lambda: (time.sleep(milliseconds / 1000), _die())).start()
        act()
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm_commits(count: int, milliseconds: float) -> None:
    """Commits of the index that write: reads end with one too."""
    commit = _deadly(sqlite3.Connection.execute, count, milliseconds)

    class Dying(sqlite3.Connection):
        writing = False

        def execute(self, statement: str, *args: Any) -> Any:
            if statement.startswith("BEGIN"):
                self.writing = statement == "BEGIN IMMEDIATE"
            if statement == "COMMIT" and self.writing:
                return commit(self, statement)
            return super().execute(statement, *args)

    sqlite3.connect = partial(sqlite3.connect, factory=Dying)  # type: ignore[assignment]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
