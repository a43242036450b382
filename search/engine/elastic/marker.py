"""The marker of a rebuild: one document that every writer reads after it has written.

A writer has been acknowledged only if the marker's state was the same before and after its write. So whatever was acknowledged
before a rebuild opened is in the snapshot that the rebuild reads; and whatever was acknowledged before it began to swap stands in
its journal. Clocks decide only when a dead rebuild is given up, never what is kept: that is decided by who removes an alias.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace

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
    """Reads and changes the marker of one alias."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.index = f"{connection.index}-rebuild"

    def read(self) -> Marker:
        """The marker as last acknowledged."""
        try:
            found = self.connection.client.get(index=self.index, id=STATE)
        except NotFoundError:
            return Marker()
        return Marker(**found["_source"], seq=(found["_seq_no"], found["_primary_term"]))

    def change(self, before: Marker, **values: object) -> Marker:
        """The marker with other values; ConflictError if somebody changed it since `before` was read."""
        after = replace(before, expires=time.time() + LEASE_SECONDS, **values)  # type: ignore[arg-type]
        source = {name: getattr(after, name) for name in ("phase", "token", "old", "fresh", "expires")}
        client = self.connection.client
        if before.seq is None:
            self._make()
            done = client.index(index=self.index, id=STATE, document=source, op_type="create")
        else:
            seq_no, term = before.seq
            done = client.index(index=self.index, id=STATE, document=source, if_seq_no=seq_no, if_primary_term=term)
        return replace(after, seq=(done["_seq_no"], done["_primary_term"]))

    def _make(self) -> None:
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        try:
            self.connection.client.indices.create(index=self.index, settings=settings, mappings={"enabled": False})
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
            try:
                self._marker = self._markers.change(self._marker, phase=phase)
            except ConflictError as exc:
                raise EngineUnavailable("the rebuild was given up by another process, which took it for dead: start it again") from exc

    def end(self) -> None:
        """Stops renewing."""
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._ended.wait(LEASE_SECONDS / 4):
            try:
                self.advance(self._marker.phase)
            except Exception as exc:
                log.warning("could not renew the marker of rebuild %s: %s", self._marker.fresh, exc)

