"""From the live generation to a fresh one: the journal that writers keep, and the swap that happens whole or not at all."""

import contextlib
import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, ConflictError, NotFoundError

from search.engine.base import REBUILD_RUNNING
from search.engine.elastic.bulk import Operation, write
from search.engine.elastic.connection import Connection
from search.engine.elastic.generations import Generations, Layout
from search.engine.elastic.marker import CLOSED, LEASE_SECONDS, SWAPPING, Lease, Marker, Markers
from search.errors import EngineUnavailable, RebuildRunning

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
        """A fresh generation, and the hold on it; RebuildRunning while another rebuild is alive."""
        before = self.markers.read()
        if before.phase != CLOSED and not before.is_dead:
            freed = f"；它若是被杀掉的，{LEASE_SECONDS:.0f} 秒后会让出"
            raise RebuildRunning(REBUILD_RUNNING.format(self.connection.location) + freed)
        if before.phase != CLOSED:
            log.warning("clearing away the rebuild %s, which was killed", before.fresh)
            self.clear(before)
            before = self.markers.read()
        old = self.generations.live() or self.generations.first({}, {})
        fresh = self.generations.fresh(models)
        try:
            lease = Lease(self.markers, before, token=uuid.uuid4().hex[:12], old=old.name, fresh=fresh.name)
        except ConflictError as exc:
            self.generations.drop(fresh.name)
            raise RebuildRunning(REBUILD_RUNNING.format(self.connection.location)) from exc
        try:
            self._sweep(lease.marker)
            self.connection.client.indices.refresh(index=old.name)  # all that was acknowledged before is in the scans to come
        except BaseException:
            self.give_up(lease)
            raise
        return lease, fresh

    def give_up(self, lease: Lease) -> None:
        """Ends this process's own rebuild as if it had never been; where the cluster is away, the next rebuild does."""
        lease.end()
        try:
            self.clear(lease.marker)
        except (ApiError, TransportError) as exc:
            log.warning("could not clear away the rebuild %s (the next one will): %s", lease.marker.fresh, exc)

    def note(self, marker: Marker, doc_ids: Sequence[str]) -> None:
        """Writes ids into the open rebuild's journal."""
        source = json.dumps({"token": marker.token}).encode("utf-8")
        notes = [Operation("index", f"{marker.token}:{doc_id}", source) for doc_id in doc_ids]
        write(self.connection, self.markers.index, notes, alias=False)

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
        found = self._noted({"term": {"token": marker.token}})
        if found:
            redo([hit["_id"].removeprefix(f"{marker.token}:") for hit in found])
            self._strike(found)
        return len(found)

    def _noted(self, query: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        client, index = self.connection.client, self.markers.index
        client.indices.refresh(index=index)
        found = client.search(index=index, query=query, size=BATCH, sort=["_doc"], seq_no_primary_term=True, source=False)
        return found["hits"]["hits"]

    def _strike(self, noted: Sequence[Mapping[str, Any]]) -> None:
        strikes = [Operation("delete", hit["_id"], conditions=_unchanged(hit)) for hit in noted]
        write(self.connection, self.markers.index, strikes, alias=False)

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
        except (ApiError, TransportError) as exc:
            if self.generations.live_name() != fresh.name:  # else it is done, and only the answer was lost
                raise EngineUnavailable(f"{fresh.name} 没能换上，或已被别的进程放弃：{exc}；请再重建一次") from exc
        with contextlib.suppress(EngineUnavailable):  # others, who took this rebuild for dead, saw it swapped and closed it
            lease.advance(CLOSED)
        self._drop(marker.old)

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
            swapped = self.generations.live_name() == fresh.name
        try:
            self.markers.change(marker, phase=CLOSED)
        except ConflictError:
            log.info("another process has ended the rebuild %s", fresh.name)
            return
        self._drop(marker.old if swapped else marker.fresh)

    def _sweep(self, mine: Marker) -> None:
        """Removes what earlier rebuilds left: generations that are neither live nor this one, and late notes."""
        for name in set(self.generations.names()) - {mine.old, mine.fresh}:
            self._drop(name)
        stale = {"bool": {"filter": [{"exists": {"field": "token"}}], "must_not": [{"term": {"token": mine.token}}]}}
        while noted := self._noted(stale):
            self._strike(noted)

    def _drop(self, generation: str) -> None:
        """Removes the generation that is not live. (To keep the old one until told: here.)"""
        self.generations.drop(generation)


def _unchanged(hit: Mapping[str, Any]) -> dict[str, int]:
    return {"if_seq_no": hit["_seq_no"], "if_primary_term": hit["_primary_term"]}
