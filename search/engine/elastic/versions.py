"""The versions of documents: an index of their own, append-only, that belongs to no generation."""

from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch import ApiError, NotFoundError

from search.document import Version
from search.engine.elastic.bulk import Operation, write
from search.engine.elastic.connection import Connection
from search.engine.elastic.layout import source_to_version, version_id, version_to_source
from search.engine.mapping import load_mapping
from search.errors import VersionConflict

PAGE = 1000


class Versions:
    """Appends and lists versions."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.index = f"{connection.index}-versions"
        self._made = False

    def append(self, versions: Sequence[Version]) -> None:
        """Creates what is new; VersionConflict where another text holds a number."""
        if not versions:
            return
        self._make()
        operations = [Operation.of("create", version_id(version), version_to_source(version)) for version in versions]
        met = set(write(self.connection, self.index, operations, alias=False))
        self._compare([version for version in versions if version_id(version) in met])

    def _compare(self, versions: Sequence[Version]) -> None:
        stored = self.connection.mget(self.index, [version_id(version) for version in versions], ["digest"]) if versions else []
        for version, source in zip(versions, stored, strict=True):
            if source is None or source["digest"] != version.digest:
                raise VersionConflict(f"{version.doc_id} 的第 {version.number} 版已是另一份文字；请再读入一次")

    def _make(self) -> None:
        if self._made:
            return
        try:
            self.connection.client.indices.create(index=self.index, **load_mapping("versions"))
        except ApiError as exc:
            if "resource_already_exists_exception" not in str(exc.body):
                raise
        self._made = True

    def of(self, doc_id: str) -> list[Version]:
        """All versions of a document, oldest first; also those that nobody refreshed yet."""
        try:
            self.connection.client.indices.refresh(index=self.index)
        except NotFoundError:
            return []
        return [source_to_version(source) for page in self._pages(doc_id) for source in page]

    def _pages(self, doc_id: str) -> Iterator[list[dict[str, Any]]]:
        after: list[Any] | None = None
        while True:
            answer = self.connection.client.search(
                index=self.index, query={"term": {"doc_id": doc_id}}, size=PAGE, sort=[{"number": "asc"}], search_after=after
            )
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield [hit["_source"] for hit in hits]
            after = hits[-1]["sort"]
