"""From the live generation to a fresh one: the journal that writers keep, and the swap that happens whole or not at all."""

import logging
from collections.abc import Callable, Sequence

from elasticsearch import ConflictError, NotFoundError

from search.engine.elastic.bulk import Operation, write
from search.engine.elastic.connection import Connection
from search.engine.elastic.generations import Generations, Layout
from search.engine.elastic.marker import CLOSED, OPEN, SWAPPING, Lease, Marker, Markers
from search.errors import EngineUnavailable

log = logging.getLogger(__name__)

BATCH = 200  # noted ids that are re-derived together
ROUNDS = 100  # batches at most before writers must wait

Redo = Callable[[Sequence[str]], None]  # writes the live state of these ids into the fresh generation


class Handover:
    """Opens, settles, swaps or gives up rebuilds of one alias."""

    def __init__(self, connection: Connection, generations: Generations) -> None:
        self.connection, self.generations = connection, generations
        self.markers = Markers(connection)

    def note(self, marker: Marker, doc_ids: Sequence[str]) -> None:
        """Writes ids into the open rebuild's journal. IndexGone where it has ended."""
        write(self.connection, f"{journal(marker)}-write", [Operation("index", doc_id, b"{}") for doc_id in doc_ids])

    def open(self, models: dict[str, str]) -> tuple[Lease, Layout]:
        """A fresh generation, and the hold on it; EngineUnavailable while another rebuild is alive."""
        before = self.markers.read()
        if before.phase != CLOSED and not before.is_dead:
            raise EngineUnavailable(f"a rebuild of {self.connection.location} is running ({before.fresh}): wait for its end")
        if before.phase != CLOSED:
            log.warning("clearing away the rebuild %s, which was killed", before.fresh)
            before = self.clear(before)
        old = self.generations.live() or self.generations.first({}, {})
        fresh = self.generations.fresh(models)
        try:
            lease = Lease(self.markers, before, old.name, fresh.name, self._make_journal)
        except ConflictError as exc:
            self.generations.drop(fresh.name)
            raise EngineUnavailable(f"another rebuild of {self.connection.location} has just begun: wait for its end") from exc
        self._sweep(lease.marker)
        self.connection.client.indices.refresh(index=old.name)  # all that was acknowledged before is in the scans to come
        return lease, fresh
