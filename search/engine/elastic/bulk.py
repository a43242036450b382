"""Writing many documents: requests bounded by bytes, retried while the cluster is busy, errors told by id."""

import json
import logging
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import elastic_transport
from elasticsearch import ApiError

from search.engine.elastic.connection import Connection, IndexGone
from search.errors import BadDocument, EngineUnavailable, MappingMismatch

log = logging.getLogger(__name__)

REQUEST_BYTES = 5_000_000  # 200 pages took 1.9, 2.0 and 1.5 s in requests of 2, 5 and 20 MB; the cluster refuses 100 MB
BUSY = (429, 502, 503, 504)
WAITS = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 10.0, 10.0)  # seconds between tries, each up to half as long again
NAMED = 5  # ids that an error names

ANSWER = "errors,items.*.status,items.*.error.type,items.*.error.reason"


@dataclass(frozen=True, slots=True)
class Operation:
    """One line or two of a bulk body: what to do with which id, and the JSON of the document."""

    verb: str  # index, create or delete
    doc_id: str
    source: bytes = b""
    conditions: Mapping[str, Any] | None = None  # if_seq_no, if_primary_term

    @classmethod
    def of(cls, verb: str, doc_id: str, source: Mapping[str, Any]) -> "Operation":
        """An operation with its document; BadDocument where that is no text."""
        try:
            return cls(verb, doc_id, json.dumps(source, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
        except UnicodeEncodeError as exc:
            raise BadDocument(f"文章 {doc_id} 里有半个字符 {exc.object[exc.start]!r}，存不了；请改正它") from exc

    def lines(self) -> list[bytes]:
        """The lines of the request's body."""
        action = json.dumps({self.verb: {"_id": self.doc_id, **(self.conditions or {})}}, ensure_ascii=False).encode("utf-8")
        return [action, self.source] if self.source else [action]


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that the cluster did not carry out, and why."""

    doc_id: str
    status: int
    kind: str
    reason: str


def write(connection: Connection, target: str, operations: Iterable[Operation], alias: bool = True) -> list[str]:
    """Carries out operations; the ids of those that met another writer's (409).

    target: an alias, or with alias=False an index. IndexGone where it is not there; BadDocument with the ids that were refused.
    """
    met: list[str] = []
    for batch in _batches(operations):
        refused = _persist(connection, target, batch, alias)
        met += [each.doc_id for each in refused if each.status == 409]
        _complain(connection, [each for each in refused if each.status != 409])
    return met


def _batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        if batch and size + len(operation.source) > REQUEST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += len(operation.source) + 100
    if batch:
        yield batch


def _persist(connection: Connection, target: str, batch: list[Operation], alias: bool) -> list[Refused]:
    """Sends a batch, and again what a busy cluster put off; what it refused for good."""
    refused: list[Refused] = []
    for wait in (*WAITS, None):
        busy, final = _send(connection, target, batch, alias, last=wait is None)
        refused += final
        if not busy:
            return refused
        if wait is None:
            break
        log.info("Elasticsearch is busy: %d of %d writes wait", len(busy), len(batch))
        time.sleep(wait * random.uniform(1, 1.5))
        batch = busy
    raise EngineUnavailable(f"{connection.location} 的 Elasticsearch 一直太忙，{len(batch)} 篇没有写成；请过一会儿再试")


def _send(
    connection: Connection, target: str, batch: list[Operation], alias: bool, last: bool
) -> tuple[list[Operation], list[Refused]]:
    """One request: what to send again, and what was refused for good."""
    lines: list[Any] = [line for operation in batch for line in operation.lines()]  # bytes pass the client as they are
    try:
        answer = connection.client.bulk(index=target, operations=lines, require_alias=alias or None, filter_path=ANSWER)
    except (ApiError, elastic_transport.ConnectionError, elastic_transport.ConnectionTimeout) as exc:
        if last or (isinstance(exc, ApiError) and (exc.status_code not in BUSY or _is_block(exc.status_code, str(exc.body)))):
            raise
        return batch, []  # ids are ours, so writing twice is harmless
    if not answer["errors"]:
        return [], []
    return _sort_out(connection, batch, answer["items"])


def _sort_out(
    connection: Connection, batch: Sequence[Operation], items: Sequence[Mapping[str, Any]]
) -> tuple[list[Operation], list[Refused]]:
    busy: list[Operation] = []
    refused: list[Refused] = []
    for operation, item in zip(batch, items, strict=True):
        (result,) = item.values()
        if "error" not in result:
            continue
        each = Refused(operation.doc_id, result["status"], result["error"]["type"], result["error"].get("reason", ""))
        if each.kind == "index_not_found_exception":
            raise IndexGone(each.reason)
        if _is_block(each.status, each.kind):
            raise EngineUnavailable(
                f"{connection.location} 的 Elasticsearch 不许写（磁盘满了？）：{each.reason}；请腾出空间再试"
            )
        if each.status in BUSY:
            busy.append(operation)
        else:
            refused.append(each)
    return busy, refused


def _is_block(status: int, kind: str) -> bool:
    """Whether an index refuses writes: 429 as from a busy queue, yet no waiting helps. (503: a cluster that is starting.)"""
    return "cluster_block_exception" in kind and status != 503


def _complain(connection: Connection, refused: Sequence[Refused]) -> None:
    if not refused:
        return
    named = "；".join(f"{each.doc_id}：{each.reason[:300]}" for each in refused[:NAMED])
    sentence = f"{connection.location} 的 Elasticsearch 拒收 {len(refused)} 篇：{named}"
    if any("dimension" in each.reason or "strict_dynamic" in each.kind for each in refused):
        raise MappingMismatch(sentence)
    raise BadDocument(sentence)
