"""The marker of a rebuild: one document that every writer reads after it has written.

A writer has been acknowledged only if the marker's state was the same before and after its write. So whatever was acknowledged
before a rebuild opened is in the snapshot that the rebuild reads; and whatever was acknowledged before it began to swap stands in
its journal. Clocks decide only when a dead rebuild is given up, never what is kept: that is decided by who removes an alias.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from elasticsearch import ApiError, ConflictError, NotFoundError

from search.engine.elastic.connection import Connection
from search.errors import EngineUnavailable

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0  # a rebuild that has not renewed its marker for so long is dead
STATE = "state"  # the marker's id

CLOSED, OPEN, SWAPPING = "closed", "open", "swapping"


@dataclass(frozen=True, slots=True)
class Marker:
    """No rebuild (closed); one that writers help by a journal (open); one that they wait for (swapping)."""

    phase: str = CLOSED
    token: str = ""  # of the rebuild; kept when it is closed
    old: str = ""
    fresh: str = ""
    expires: float = 0.0  # seconds since 1970
    seq: tuple[int, int] | None = None  # of the stored document; None where there is none

    @property
    def state(self) -> tuple[str, str]:
        """What is equal as long as nothing changed for writers."""
        return self.phase, self.token

    @property
    def is_dead(self) -> bool:
        """Whether its rebuild stopped renewing it."""
        return self.phase != CLOSED and self.expires < time.time()


class Markers:
    """Reads and changes the marker of one alias; the index that holds it holds the journal too (handover.py)."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.index = f"{connection.index}-rebuild"

    def read(self) -> Marker:
        """The marker as last acknowledged."""
        try:
            found = self.connection.patiently(lambda: self.connection.client.get(index=self.index, id=STATE))
        except NotFoundError:
            return Marker()
        return Marker(**found["_source"]["marker"], seq=(found["_seq_no"], found["_primary_term"]))

    def change(self, before: Marker, **values: object) -> Marker:
        """The marker with other values; ConflictError if somebody changed it since `before` was read."""
        after = replace(before, expires=time.time() + LEASE_SECONDS, **values)  # type: ignore[arg-type]
        source = {"marker": {name: getattr(after, name) for name in ("phase", "token", "old", "fresh", "expires")}}
        if before.seq is None:
            self._make()
            condition: dict[str, Any] = {"op_type": "create"}
        else:
            condition = {"if_seq_no": before.seq[0], "if_primary_term": before.seq[1]}
        try:
            done = self.connection.client.index(index=self.index, id=STATE, document=source, **condition)
        except ConflictError:
            now = self.read()
            if (now.state, now.expires) != (after.state, after.expires):
                raise
            return now  # ours, sent twice: the first answer was lost on its way
        return replace(after, seq=(done["_seq_no"], done["_primary_term"]))

    def _make(self) -> None:
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        note = {"token": {"type": "keyword"}}  # a note in the journal says whose
        properties = {"marker": {"type": "object", "enabled": False}, **note}
        try:
            self.connection.client.indices.create(
                index=self.index, settings=settings, mappings={"dynamic": "strict", "properties": properties}
            )
        except ApiError as exc:
            if "resource_already_exists_exception" not in str(exc.body):
                raise


class Lease:
    """An open rebuild's hold on the marker, renewed by a thread until it is closed."""

    def __init__(self, markers: Markers, before: Marker, token: str, old: str, fresh: str) -> None:
        self._markers = markers
        self._lock = threading.Lock()
        self._marker = markers.change(before, phase=OPEN, token=token, old=old, fresh=fresh)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="rebuild-lease", daemon=True)
        self._thread.start()

    @property
    def marker(self) -> Marker:
        """As last written by this lease."""
        return self._marker

    def advance(self, phase: str) -> None:
        """Another phase; EngineUnavailable if others took the rebuild for dead."""
        with self._lock:
            self._change(phase)

    def _change(self, phase: str) -> None:
        try:
            self._marker = self._markers.change(self._marker, phase=phase)
        except ConflictError as exc:
            raise EngineUnavailable("别的进程以为这次重建已经中断，放弃了它；请再重建一次") from exc

    def end(self) -> None:
        """Stops renewing."""
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._ended.wait(LEASE_SECONDS / 4):
            with self._lock:
                if self._marker.phase == CLOSED:
                    return
                try:
                    self._change(self._marker.phase)
                except Exception as exc:  # whatever it is, the next turn may do; if none does, others take over
                    log.warning("could not renew the marker of rebuild %s: %s", self._marker.fresh, exc)
