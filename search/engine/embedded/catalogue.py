"""Keeps one process's snapshot level with the log: from segment files, and in memory for what came since."""

import logging
import threading
import time
from pathlib import Path

import numpy as np

from search.engine.embedded import entries, generations
from search.engine.embedded.chain import Chain, living, mergeable, touched_by
from search.engine.embedded.database import Database
from search.engine.embedded.entries import Changes
from search.engine.embedded.generations import Clock, GenerationGone, Stored
from search.engine.embedded.locks import lock
from search.engine.embedded.segment import Segment, build_segment, merge_segments
from search.engine.embedded.snapshot import Filed, Snapshot, without
from search.errors import EngineUnavailable

log = logging.getLogger(__name__)

READER_FILE_DOCS = 1_000  # a search leaves files to the writers' refresh, until it would have to keep so many in memory
FILE_DOCS = 128  # written since the last file: then they get one. In memory each costs a process that opens the index 3 ms
PART_DOCS = 500  # derived at a time: bounds memory, their terms and vectors take some 500 kB a document
WAIT_SECONDS = 600.0  # for another process that derives everything
UNMERGED = 32  # segments written in one go before they are merged: all of them at every one would cost more than the writing
RETRY_SECONDS = 60.0  # before a file is tried again where writing one failed
MEMORY_RATIO = 2  # merges are cheap there, and each segment costs every search some 0.2 ms

Parts = list[tuple[Segment, np.ndarray]]


class Catalogue:
    """The current snapshot of one generation: the live one, or the one that it is pinned to."""

    def __init__(self, database: Database, folder: Path, pinned: int | None = None) -> None:
        self._database = database
        self._folder = folder
        self._pinned = pinned
        self._guard = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._chain: Chain | None = None
        self._retry_at = 0.0

    def number(self, clock: Clock) -> int:
        """The generation that this catalogue follows."""
        return self._pinned or clock.live

    def current(self) -> Snapshot:
        """A snapshot that holds every write acknowledged so far."""
        with self._database.reading() as connection:
            clock = generations.read_clock(connection)
        snapshot = self._snapshot
        if snapshot and snapshot.seq >= clock.seq and snapshot.stored.number == self.number(clock):
            return snapshot
        with self._guard:
            self._file_if_due(READER_FILE_DOCS)
            return self._follow()

    def file(self) -> None:
        """Write what the files lack, where that is many documents and nobody else is at it."""
        with self._guard:
            self._file_if_due(FILE_DOCS)

    def file_all(self) -> None:
        """Write what the files lack, unless somebody else is at it."""
        with self._guard:
            self._file_if_due(1)

    def close(self) -> None:
        """Let go of the mapped files."""
        self._snapshot = self._chain = None

    def _follow(self) -> Snapshot:
        """Take in what has been written since; one transaction, so that no generation goes away meanwhile."""
        with self._database.reading() as connection:
            clock = generations.read_clock(connection)
            stored = generations.read_generation(connection, self.number(clock))
            snapshot = self._opened(clock, stored)
            while snapshot.seq < clock.seq:
                changes = entries.changes(connection, clock, stored, snapshot.seq, PART_DOCS)
                snapshot = self._with(snapshot, stored, changes)
        self._snapshot = snapshot
        return snapshot

    def _opened(self, clock: Clock, stored: Stored, afresh: bool = False) -> Snapshot:
        """The snapshot so far, or one of the files there are."""
        snapshot = self._snapshot
        if not afresh and snapshot and snapshot.stored.number == stored.number:
            return snapshot
        links = self._chain_of(clock, stored.number).links(clock.seq)
        filed = Filed(links[-1].high if links else 0, len(links))
        segments = [link.segment for link in links]
        return Snapshot(stored, filed.seq, list(zip(segments, living(segments), strict=True)), filed)

    def _chain_of(self, clock: Clock, number: int) -> Chain:
        folder = self._folder / f"g{number}"
        if self._chain is None or self._chain.folder != folder:
            self._chain = Chain(folder, clock.store)
        return self._chain

    def _file_if_due(self, at_least: int) -> None:
        with self._database.reading() as connection:
            clock = generations.read_clock(connection)
            stored = generations.read_generation(connection, self.number(clock))
            self._snapshot = snapshot = self._opened(clock, stored)
            backlog = entries.backlog(connection, stored.number, snapshot.filed.seq, at_least)
        if backlog < at_least or time.monotonic() < self._retry_at:
            return
        patience = 0.0 if snapshot.shards else WAIT_SECONDS  # with nothing at hand, waiting beats doing it twice
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with lock(self._folder / "write.lock", patience) as taken:
                if taken:
                    self._write_files(stored.number, clock.seq)
        except GenerationGone:
            log.debug("generation g%s was replaced while it was to be written", stored.number)
        except (OSError, EngineUnavailable) as exc:
            self._retry_at = time.monotonic() + RETRY_SECONDS
            log.warning("%s cannot be written, searching goes on in memory: %s", self._folder, exc)

    def _write_files(self, number: int, until: int) -> None:
        """Under the lock: bring the files level with the log as far as `until`; others may have done some of it meanwhile."""
        while True:
            with self._database.reading() as connection:
                clock = generations.read_clock(connection)
                stored = generations.read_generation(connection, number)
                snapshot = self._opened(clock, stored, afresh=True)
                low = snapshot.filed.seq
                if low >= until or not entries.backlog(connection, number, low, 1):
                    break
                changes = entries.changes(connection, clock, stored, low, PART_DOCS)
            chain = self._chain_of(clock, number)
            chain.write(low, changes.seq, build_segment(changes.entries, changes.gone))
            if len(snapshot.shards) > UNMERGED:
                chain.merge(changes.seq)
        self._chain_of(clock, number).merge(clock.seq)
        self._snapshot = self._opened(clock, stored, afresh=True)

    def _with(self, snapshot: Snapshot, stored: Stored, changes: Changes) -> Snapshot:
        """The snapshot after these changes."""
        parts: Parts = [(shard.segment, shard.live) for shard in snapshot.shards]
        if changes.entries or changes.gone:
            segment = build_segment(changes.entries, changes.gone)
            touched = touched_by(segment)
            parts = [(older, without(live, older.find(touched))) for older, live in parts]
            parts.append((segment, np.ones(len(segment), bool)))
            parts = _merged(parts, snapshot.filed.segments)
        return Snapshot(stored, changes.seq, parts, snapshot.filed)


def _merged(parts: Parts, filed: int) -> Parts:
    """The parts with what is small among those in memory joined; the first `filed` are files."""
    sizes = [len(segment) for segment, _ in parts[filed:]]
    first = filed + mergeable(sizes, [int(live.sum()) for _, live in parts[filed:]], MEMORY_RATIO)
    if first == len(parts) - 1:
        return parts
    merged = merge_segments(parts[first:])
    return [*parts[:first], (merged, np.ones(len(merged), bool))]
