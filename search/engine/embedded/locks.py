"""Locks between processes: held by an open file, so that the kernel lets go when the holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from search.errors import EngineUnavailable

POLL_SECONDS = 0.02


@contextmanager
def lock(path: Path, patience: float = 0.0) -> Iterator[bool]:
    """Take the lock, waiting at most `patience` seconds; yields whether it was taken. EngineUnavailable: no such file can be."""
    with _opened(path) as file:
        deadline = time.monotonic() + patience
        while not (taken := _try(file.fileno())) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        try:
            yield taken
        finally:
            if taken:  # by closing alone, a child forked meanwhile would go on holding it
                fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("ab")
    except OSError as exc:
        raise EngineUnavailable(f"{path} 打不开：{exc}；请检查所有者和权限") from exc


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
