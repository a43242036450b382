"""Generations: one index each, read through an alias; which is live, its layout, its models, its vector sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import ApiError, BadRequestError, NotFoundError

from search.document import IndexEntry
from search.engine.base import REBUILD_RUNNING, Generation
from search.engine.elastic.connection import Connection, IndexGone
from search.engine.elastic.layout import dimensions
from search.engine.mapping import load_mapping
from search.errors import EngineUnavailable, MappingMismatch, RebuildRunning
from search.query import VECTOR_FIELDS

Sizes = Mapping[str, int]  # vector field -> numbers in a vector

VERSION: str = load_mapping("documents")["mappings"]["_meta"]["version"]
VECTORS = ("flat", "hnsw", "int8_hnsw", "bbq_hnsw")  # bbq_disk exists too: accepted, and every write then wants a paid licence


@dataclass(frozen=True, slots=True)
class Kind:
    """What a deployment chooses for a new index."""

    shards: int = 1
    vectors: str = "flat"  # exact


@dataclass(frozen=True, slots=True)
class Layout:
    """One index as the cluster describes it."""

    name: str
    version: str
    models: Mapping[str, str] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=dict)
    kind: Kind = Kind()

    @property
    def writing(self) -> str:
        """The alias for writing: while it stands, writers may write; a removed index is never made anew by a late write."""
        return f"{self.name}-write"

    @property
    def pending(self) -> str:
        """The alias of a generation that is not swapped in yet. Whoever removes it decides: swap, or drop."""
        return f"{self.name}-pending"


class Generations:
    """The indices behind one alias."""

    def __init__(self, connection: Connection, kind: Kind = Kind()) -> None:
        if kind.vectors not in VECTORS:
            raise EngineUnavailable(f"没有叫 {kind.vectors} 的向量索引；可选：{'、'.join(VECTORS)}")
        self.connection, self.kind = connection, kind
        self.alias = connection.index

    def describe(self, name: str) -> Layout | None:
        """The layout of an index or alias; None where there is none. MappingMismatch for one of another program."""
        try:
            found = self.connection.client.indices.get(index=name, filter_path="*.mappings._meta,*.mappings.properties")
        except NotFoundError:
            return None
        if len(found.body) != 1:
            raise MappingMismatch(f"{self.connection.location} 的 {name} 指着好几个索引：{'、'.join(found.body)}；请只留一个")
        ((index, body),) = found.body.items()
        meta, properties = body["mappings"].get("_meta", {}), body["mappings"].get("properties", {})
        if meta.get("version") != VERSION:
            raise MappingMismatch(
                f"{self.connection.location} 的索引 {index} 布局是 {meta.get('version')}，这个程序的是 {VERSION}；"
                "请换一个索引名重新读入，或用写它的那一版程序"
            )
        return Layout(index, meta["version"], dict(meta["models"]), _sizes(properties), Kind(meta["shards"], meta["vectors"]))

    def live(self) -> Layout | None:
        """The generation that readers see; None before the first write."""
        return self.describe(self.alias)

    def live_name(self) -> str:
        """The index that readers see, whatever its layout; empty where there is none."""
        found = self.connection.client.options(ignore_status=404).indices.get_alias(name=self.alias).body
        return next((name for name in found if self._number(name)), "")

    def first(self, models: Mapping[str, str], sizes: Sizes) -> Layout:
        """The live generation, created if there is none: of two that create it at once, one does."""
        name = f"{self.alias}-{1:06}"
        try:
            return self._create(name, models, sizes, {self.alias: {"is_write_index": True}, f"{name}-write": {}})
        except ApiError as exc:
            if (live := self.live()) is not None:
                return live
            if not _exists_already(exc):
                raise
            raise MappingMismatch(f"已有一个叫 {name} 的索引挡着；请删除它，或给它别名 {self.alias}") from exc

    def fresh(self, models: Mapping[str, str]) -> Layout:
        """A new, empty generation that nobody reads yet. RebuildRunning where another process makes one just now."""
        name = f"{self.alias}-{max([0, *map(self._number, self.names())]) + 1:06}"
        try:
            return self._create(name, models, {}, {f"{name}-write": {}, f"{name}-pending": {}})
        except ApiError as exc:
            if not _exists_already(exc):
                raise
            raise RebuildRunning(REBUILD_RUNNING.format(self.connection.location)) from exc

    def names(self) -> list[str]:
        """The indices of all generations, whether live or not."""
        found = self.connection.client.indices.get_alias(index=f"{self.alias}-*").body
        return [name for name in found if self._number(name)]

    def _number(self, name: str) -> int:
        digits = name.removeprefix(f"{self.alias}-")
        return int(digits) if digits.isdecimal() and len(digits) == 6 else 0

    def _create(self, name: str, models: Mapping[str, str], sizes: Sizes, aliases: Mapping[str, Any]) -> Layout:
        self.connection.client.indices.create(index=name, aliases=aliases, **filled(self.kind, models, sizes))
        return Layout(name, VERSION, dict(models), sizes, self.kind)

    def admit(self, layout: Layout, entries: Sequence[IndexEntry]) -> Layout:
        """The generation, ready for these entries: MappingMismatch for other models or vector sizes, nothing written."""
        models, sizes = one_of(entries)
        if sizes.keys() - layout.sizes.keys():
            layout = self.describe(layout.name) or layout  # another writer may have brought the first vectors
        for name, size in sizes.items():
            if layout.sizes.get(name, size) != size:
                raise MappingMismatch(
                    f"{name} 的向量是 {size} 维，{layout.name} 里的是 {layout.sizes[name]} 维；请运行 python -m indexer rebuild"
                )
        if models != layout.models and (layout.models or not self._is_empty(layout)):
            raise MappingMismatch(
                f"文章是用 {_said(models)} 推导的，{layout.name} 用的是 {_said(layout.models)}；请运行 python -m indexer rebuild"
            )
        if models != layout.models or sizes.keys() - layout.sizes.keys():
            return self._adopt(layout, models, {**layout.sizes, **sizes})
        return layout

    def _adopt(self, layout: Layout, models: Mapping[str, str], sizes: Sizes) -> Layout:
        """Writes models and vector sizes into a generation that had none."""
        mappings = filled(layout.kind, models, sizes)["mappings"]
        vectors = {name: mappings["properties"][name] for name in sizes}
        try:
            self.connection.client.indices.put_mapping(index=layout.name, properties=vectors, meta=mappings["_meta"])
        except NotFoundError as exc:
            raise IndexGone(str(exc)) from exc
        except BadRequestError as exc:
            raise MappingMismatch(f"另一个进程给了 {layout.name} 别的维数的向量：{exc}；请检查 XINGLIN_ENCODER") from exc
        return Layout(layout.name, layout.version, dict(models), sizes, layout.kind)

    def _is_empty(self, layout: Layout) -> bool:
        self.connection.client.indices.refresh(index=layout.name)
        return self.connection.client.count(index=layout.name)["count"] == 0

    def generation(self, name: str) -> Generation:
        """What an index or alias holds."""
        layout = self.describe(name)
        if layout is None:
            return Generation(name, VERSION)
        passages = {"passages": {"nested": {"path": "passages"}}}
        paths = "hits.total.value,aggregations.passages.doc_count"
        found = self.connection.client.search(
            index=layout.name, size=0, aggs=passages, track_total_hits=True, filter_path=paths
        ).body
        documents = found["hits"]["total"]["value"]
        return Generation(layout.name, layout.version, layout.models, documents, found["aggregations"]["passages"]["doc_count"])

    def drop(self, name: str) -> None:
        """Removes an index; harmless where it is gone."""
        self.connection.client.options(ignore_status=404).indices.delete(index=name)


def filled(kind: Kind, models: Mapping[str, str], sizes: Sizes) -> dict[str, Any]:
    """The body that creates an index: mappings/documents.*.json with sizes, index kind and shards, noted in _meta."""
    body = load_mapping("documents")
    body["settings"]["index"]["number_of_shards"] = kind.shards
    for name, vector in _vectors(body["mappings"]["properties"]).items():
        vector["index_options"] = {"type": kind.vectors}
        if name in sizes:
            vector["dims"] = sizes[name]
    body["mappings"]["_meta"] |= {"models": dict(models), "dims": dict(sizes), "vectors": kind.vectors, "shards": kind.shards}
    return body


def _exists_already(exc: ApiError) -> bool:
    return "resource_already_exists_exception" in str(exc.body)


def _sizes(properties: Mapping[str, Any]) -> Sizes:
    return {name: vector["dims"] for name, vector in _vectors(properties).items() if "dims" in vector}


def _vectors(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of each vector field."""
    passages = properties["passages"]["properties"]["vector"]
    return {name: passages if name == "passages" else properties[name] for name in VECTOR_FIELDS}


def one_of(entries: Sequence[IndexEntry]) -> tuple[Mapping[str, str], Sizes]:
    """The models and vector sizes that all entries share, else MappingMismatch."""
    models = dict(entries[0].models)
    for entry in entries:
        if entry.models != models:
            raise MappingMismatch(f"{entry.doc_id} 是用 {_said(entry.models)} 推导的，同一批里别的用的是 {_said(models)}")
    for name, found in (sizes := dimensions(entries)).items():
        if len(found) > 1:
            raise MappingMismatch(f"同一批里 {name} 的向量维数不一：{'、'.join(map(str, sorted(found)))}")
    return models, {name: found.pop() for name, found in sizes.items() if found}


def _said(models: Mapping[str, str]) -> str:
    return "、".join(f"{kind} {fingerprint}" for kind, fingerprint in sorted(models.items())) or "没有模型"
