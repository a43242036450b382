"""Vectors that were encoded once, in one SQLite file: nothing is ever encoded twice."""

import hashlib
import logging
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import numpy as np

from search.text.encoders.base import Encoder, Role

log = logging.getLogger(__name__)

BATCH = 256  # texts encoded between two commits: about 4 s on two cores, what a killed process loses at most
KEYS_A_QUERY = 500
PASSAGES_ONLY: tuple[Role, ...] = ("passage",)
WAIT_S = 60  # for other processes that write
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"


class CachedEncoder:
    """An encoder that looks first whether a text's vector is known. Any number of threads and processes share the file.

    A cache is never a reason to fail: where the file cannot be read or written, encoding goes on without it and the
    log says so once. A damaged file is set aside under another name.
    """

    def __init__(self, encoder: Encoder, path: Path, roles: Collection[Role] = PASSAGES_ONLY) -> None:
        self.fingerprint = encoder.fingerprint
        self.dims = encoder.dims
        self.path = path
        self._encoder = encoder
        self._roles = roles
        self._usable = True

    def encode(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Float32 (len(texts), dims), unit length; known vectors come back to the bit. Equal texts are encoded once."""
        if role not in self._roles:
            return self._encoder.encode(texts, role)
        keys = [self._key(text, role) for text in texts]
        known = self._read(set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for batch in _batches(missing, BATCH):
            fresh = dict(zip(batch, self._encoder.encode([missing[key] for key in batch], role), strict=True))
            self._write(fresh)
            known |= fresh
        return np.array([known[key] for key in keys], np.float32).reshape(len(texts), self.dims)

    def _key(self, text: str, role: Role) -> bytes:
        content = f"{self.fingerprint}\n{role}\n{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, digest_size=16).digest()

    def _read(self, keys: Collection[bytes]) -> dict[bytes, np.ndarray]:
        """The vectors among `keys` that the file holds."""
        found: dict[bytes, np.ndarray] = {}
        with self._tolerant(), closing(self._connect()) as connection:
            for batch in _batches(keys, KEYS_A_QUERY):
                places = ",".join("?" * len(batch))
                rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({places})", batch)
                found |= {key: np.frombuffer(blob, "<f4") for key, blob in rows if len(blob) == 4 * self.dims}
        return found

    def _write(self, vectors: Mapping[bytes, np.ndarray]) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
        with self._tolerant(), closing(self._connect()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def _connect(self) -> sqlite3.Connection:
        """A connection for one call: none is ever shared between threads or carried through a fork."""
        if not self._usable:
            raise _Unusable
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=WAIT_S)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_TABLE)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """Turn failures of the file into a line in the log."""
        try:
            yield
        except _Unusable:
            pass
        except (OSError, sqlite3.Error) as exc:
            if _damaged(exc):
                self._set_aside(exc)
            else:
                self._usable = False
                log.warning(
                    "vectors are not cached from here on: %s: %s; free space or mend the path, then restart", self.path, exc
                )

    def _set_aside(self, reason: Exception) -> None:
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        log.warning("the vector cache %s is damaged (%s): kept as %s, a new one begins empty", self.path, reason, aside.name)
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):  # they belong to the damaged file; beside a new one they would damage it too
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError as exc:
            self._usable = False
            log.warning("vectors are not cached from here on: %s", exc)


class _Unusable(Exception):
    """The file failed before; it is not tried again."""


def _damaged(exc: Exception) -> bool:
    code = getattr(exc, "sqlite_errorcode", None) or 0
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)  # the low byte: the rest is detail


def _batches(items: Collection[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
