"""Reading entries back: by id, all of them in order, and the names to suggest."""

from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch import NotFoundError

from search.document import IndexEntry
from search.engine.elastic.connection import Connection
from search.engine.elastic.layout import PAGE_FIELDS, source_to_entry
from search.engine.elastic.queries import completion, shown_names

SCAN_PAGE = 100  # entries; with vectors one is some 100 kB on the wire
SCAN_MINUTES = "10m"  # how long a scan's snapshot outlives its last page
FETCH_PAGE = 500
LEAST_KEYS = 1000  # keys asked for, so that equal lengths are sorted by name before the cut


def fetch(connection: Connection, index: str, doc_ids: Sequence[str], vectors: bool) -> list[IndexEntry]:
    """Entries in the order asked, unknown ids left out; sees writes without a refresh."""
    found: list[IndexEntry] = []
    for start in range(0, len(doc_ids), FETCH_PAGE):
        sources = connection.mget(index, doc_ids[start : start + FETCH_PAGE], PAGE_FIELDS, vectors)
        found += [source_to_entry(source, vectors) for source in sources if source is not None]
    return found


class Scan:
    """A walk through every entry by doc_id, over a snapshot taken when it is made."""

    def __init__(self, connection: Connection, index: str) -> None:
        self.connection = connection
        self._after: list[Any] = []
        try:
            self._pit = connection.client.open_point_in_time(index=index, keep_alive=SCAN_MINUTES)["id"]
        except NotFoundError:
            self._pit = ""

    def page(self) -> list[IndexEntry]:
        """The next entries, none at the end."""
        if not self._pit:
            return []
        answer = self.connection.client.search(
            pit={"id": self._pit, "keep_alive": SCAN_MINUTES},
            size=SCAN_PAGE,
            sort=[{"doc_id": "asc"}],
            search_after=self._after or None,
            source={"exclude_vectors": False},
            track_total_hits=False,
            filter_path="pit_id,hits.hits._source,hits.hits.sort",
        )
        self._pit = answer["pit_id"]
        hits = answer.get("hits", {}).get("hits", [])
        if hits:
            self._after = hits[-1]["sort"]
        return [source_to_entry(hit["_source"], True) for hit in hits]

    def close(self) -> None:
        """Lets the snapshot go."""
        if self._pit:
            self.connection.client.options(ignore_status=404).close_point_in_time(id=self._pit)
            self._pit = ""


def complete(connection: Connection, index: str, prefix: str, limit: int) -> list[str]:
    """Distinct names with a key that begins with the prefix."""
    (answer,) = connection.msearch(index, [completion(prefix, max(LEAST_KEYS, 4 * limit))])
    buckets = answer.get("aggregations", {}).get("keys", {}).get("buckets", [])
    return shown_names([bucket["key"] for bucket in buckets], prefix)[:limit]


def walk(scan: Scan) -> Iterator[IndexEntry]:
    """The entries of a scan, which is closed at the end."""
    try:
        while page := scan.page():
            yield from page
    finally:
        scan.close()
