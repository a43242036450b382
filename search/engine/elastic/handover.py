"""From the live generation to a fresh one: the journal that writers keep, and the swap that happens whole or not at all."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from elasticsearch import ConflictError, NotFoundError

from search.engine.elastic.bulk import Operation, write
from search.engine.elastic.connection import Connection
from search.engine.elastic.generations import Generations, Layout
from search.engine.elastic.marker import CLOSED, SWAPPING, Lease, Marker, Markers
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

    def open(self, models: Mapping[str, str]) -> tuple[Lease, Layout]:
        """A fresh generation, and the hold on it; EngineUnavailable while another rebuild is alive."""
        before = self.markers.read()
        if before.phase != CLOSED and not before.is_dead:
            raise EngineUnavailable(f"a rebuild of {self.connection.location} is running ({before.fresh}): wait for its end")
        if before.phase != CLOSED:
            log.warning("clearing away the rebuild %s, which was killed", before.fresh)
            self.clear(before)
            before = self.markers.read()
        old = self.generations.live() or self.generations.first({}, {})
        fresh = self.generations.fresh(models)
        token = uuid.uuid4().hex[:12]
        self._make_journal(token)
        try:
            lease = Lease(self.markers, before, token=token, old=old.name, fresh=fresh.name)
        except ConflictError as exc:
            self._drop(token, fresh.name)
            raise EngineUnavailable(f"another rebuild of {self.connection.location} has just begun: wait for its end") from exc
        self._sweep(lease.marker)
        self.connection.client.indices.refresh(index=old.name)  # all that was acknowledged before is in the scans to come
        return lease, fresh

    def note(self, marker: Marker, doc_ids: Sequence[str]) -> None:
        """Writes ids into the open rebuild's journal. IndexGone where it has ended."""
        write(self.connection, f"{self._journal(marker.token)}-write", [Operation("index", doc_id, b"{}") for doc_id in doc_ids])

    def settle(self, lease: Lease, redo: Redo) -> None:
        """Works off the journal, at last while writers wait; nothing is left when this returns."""
        for _ in range(ROUNDS):
            if self._round(lease.marker, redo) < BATCH:
                break
        lease.advance(SWAPPING)
        while self._round(lease.marker, redo):
            pass

    def _round(self, marker: Marker, redo: Redo) -> int:
        """Redoes one batch of noted ids and strikes them out, but not those that were noted again meanwhile."""
        journal, client = self._journal(marker.token), self.connection.client
        client.indices.refresh(index=journal)
        found = client.search(index=journal, size=BATCH, sort=["_doc"], seq_no_primary_term=True, source=False)["hits"]["hits"]
        if found:
            redo([hit["_id"] for hit in found])
            done = [Operation("delete", hit["_id"], conditions=_unchanged(hit)) for hit in found]
            write(self.connection, f"{journal}-write", done)
        return len(found)

    def swap(self, lease: Lease) -> None:
        """Makes the fresh generation the live one, at once for every reader, and removes the old one."""
        marker = lease.marker
        old, fresh = Layout(marker.old, ""), Layout(marker.fresh, "")
        self.connection.client.indices.refresh(index=fresh.name)
        actions = [
            {"remove": {"index": fresh.name, "alias": fresh.pending, "must_exist": True}},
            {"remove": {"index": old.name, "alias": self.generations.alias, "must_exist": True}},
            {"remove": {"index": old.name, "alias": old.writing, "must_exist": True}},
            {"add": {"index": fresh.name, "alias": self.generations.alias, "is_write_index": True}},
        ]
        try:
            self.connection.client.indices.update_aliases(actions=actions)
        except NotFoundError as exc:
            raise EngineUnavailable(f"rebuild {fresh.name} was given up by another process: start it again") from exc
        lease.advance(CLOSED)
        self._drop(marker.token, marker.old)

    def clear(self, marker: Marker) -> None:
        """Ends a rebuild that failed or died: as if it had never been, unless it had swapped already.

        Of a swap and a clearing at once only the one that removes the pending alias goes on.
        """
        fresh = Layout(marker.fresh, "")
        remove = {"remove": {"index": fresh.name, "alias": fresh.pending, "must_exist": True}}
        try:
            self.connection.client.indices.update_aliases(actions=[remove])
            swapped = False
        except NotFoundError:
            live = self.generations.live_name()
            swapped = live == fresh.name
        try:
            self.markers.change(marker, phase=CLOSED)
        except ConflictError:
            log.info("another process has ended the rebuild %s", fresh.name)
            return
        self._drop(marker.token, marker.old if swapped else marker.fresh)

    def _sweep(self, mine: Marker) -> None:
        """Removes what rebuilds left that were killed before they had a marker."""
        prefix = self.generations.alias
        found = self.connection.client.indices.get_alias(index=f"{prefix}-*", name=f"{prefix}-*-pending,{prefix}-journal-*-write")
        for name in found.body:
            if name not in (mine.fresh, self._journal(mine.token)):
                self.generations.drop(name)

    def _make_journal(self, token: str) -> None:
        name = self._journal(token)
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        self.connection.client.indices.create(
            index=name, settings=settings, mappings={"dynamic": "strict"}, aliases={f"{name}-write": {}}
        )

    def _journal(self, token: str) -> str:
        return f"{self.generations.alias}-journal-{token}"

    def _drop(self, token: str, generation: str) -> None:
        """Removes a rebuild's journal, and the generation that is not live. (To keep the old one until told: here.)"""
        self.generations.drop(self._journal(token))
        self.generations.drop(generation)


def _unchanged(hit: Mapping[str, Any]) -> dict[str, int]:
    return {"if_seq_no": hit["_seq_no"], "if_primary_term": hit["_primary_term"]}
