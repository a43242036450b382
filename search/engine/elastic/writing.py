"""Writing entries: into the live generation, so that an open rebuild hears of it, or into the fresh one."""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from search.document import IndexEntry
from search.engine.elastic.bulk import Operation, write
from search.engine.elastic.connection import IndexGone
from search.engine.elastic.entries import fetch
from search.engine.elastic.generations import Generations, Layout, one_of
from search.engine.elastic.handover import Handover
from search.engine.elastic.layout import entry_to_source
from search.engine.elastic.marker import OPEN, SWAPPING, Marker
from search.errors import BadDocument, EngineUnavailable, MappingMismatch

log = logging.getLogger(__name__)

POLL_SECONDS = 0.05  # while a rebuild swaps
TURNS = 20  # times that a generation may vanish under one write


class Writer(Protocol):
    """Where an engine's entries go."""

    def index(self, entries: Sequence[IndexEntry]) -> None:
        """Insert or replace."""
        ...

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Remove."""
        ...


class FreshWriter:
    """Writes into one generation that nobody else writes to."""

    def __init__(self, generations: Generations, layout: Layout) -> None:
        self._generations, self._layout = generations, layout

    def index(self, entries: Sequence[IndexEntry]) -> None:
        """Insert or replace."""
        if entries:
            self._layout = self._generations.admit(self._layout, entries)
            write(self._generations.connection, self._layout.writing, _operations(entries))

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Remove."""
        write(self._generations.connection, self._layout.writing, [Operation("delete", doc_id) for doc_id in doc_ids])


class LiveWriter:
    """Writes into the live generation; done once the marker says that no rebuild opened or swapped meanwhile."""

    def __init__(self, generations: Generations, handover: Handover) -> None:
        self._generations, self._handover = generations, handover
        self._known: tuple[Marker, Layout] | None = None

    def index(self, entries: Sequence[IndexEntry]) -> None:
        """Insert or replace."""
        if entries:
            one_of(entries)
            self._persist(_operations(entries), entries)

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Remove."""
        if doc_ids:
            self._persist([Operation("delete", doc_id) for doc_id in dict.fromkeys(doc_ids)], ())

    def _persist(self, operations: Sequence[Operation], entries: Sequence[IndexEntry]) -> None:
        written = False
        for _ in range(TURNS):
            try:
                marker, layout = self._admitted(entries)
            except MappingMismatch:
                if written and self._arrived(entries):
                    return
                raise
            if layout is None:
                return  # nothing to delete from
            try:
                refused = self._carry_out(marker, layout, operations)
            except IndexGone:
                log.info("generation %s was swapped out under a write", layout.name)
                self._known, written = None, True
                time.sleep(POLL_SECONDS)
                continue
            if self._handover.markers.read().state == marker.state:
                if refused:
                    raise refused
                return
            self._known, written = None, True
        raise EngineUnavailable(f"{self._generations.connection.location} 没有一代能一直写下去；请检查它的别名")

    def _arrived(self, entries: Sequence[IndexEntry]) -> bool:
        """Whether the rebuild that swapped under this write took it along, re-derived with the new generation's models."""
        found = fetch(self._generations.connection, self._generations.alias, [entry.doc_id for entry in entries], vectors=False)
        return [_kept(entry) for entry in found] == [_kept(entry) for entry in entries]

    def _carry_out(self, marker: Marker, layout: Layout, operations: Sequence[Operation]) -> BadDocument | None:
        """Writes, and then notes for an open rebuild what it must look at (noted first, it might look too early)."""
        refused = None
        try:
            write(self._generations.connection, layout.writing, operations)
        except BadDocument as exc:
            refused = exc  # the others are written
        if marker.phase == OPEN:
            self._handover.note(marker, [operation.doc_id for operation in operations])
        return refused

    def _admitted(self, entries: Sequence[IndexEntry]) -> tuple[Marker, Layout | None]:
        """The marker, and the live generation ready for the entries; what was known is looked up again before refusing."""
        if self._known:
            try:
                return self._admit(*self._known, entries)
            except MappingMismatch:
                self._known = None
        return self._admit(*self._look_up(), entries)

    def _admit(self, marker: Marker, layout: Layout | None, entries: Sequence[IndexEntry]) -> tuple[Marker, Layout | None]:
        if entries:
            layout = layout or self._generations.first(*one_of(entries))
            layout = self._generations.admit(layout, entries)
        if layout and layout.models:  # else another process may still give it some
            self._known = marker, layout
        return marker, layout

    def _look_up(self) -> tuple[Marker, Layout | None]:
        while (marker := self._handover.markers.read()).phase == SWAPPING:
            if marker.is_dead:
                self._handover.clear(marker)
            time.sleep(POLL_SECONDS)
        return marker, self._generations.live()


def _kept(entry: IndexEntry) -> tuple[object, ...]:
    """What no re-derivation changes."""
    return entry.document, entry.version, entry.newest, entry.hidden


def _operations(entries: Iterable[IndexEntry]) -> list[Operation]:
    last = {entry.doc_id: entry for entry in entries}
    return [Operation.of("index", doc_id, entry_to_source(entry)) for doc_id, entry in last.items()]
