"""One cluster behind a URL: the client, and the border at which its errors become ours."""

import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import elastic_transport
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from search.errors import BadQuery, EngineUnavailable, SearchError

log = logging.getLogger(__name__)

Body = dict[str, Any]
Result = TypeVar("Result")

JSON = {"accept": "application/json", "content-type": "application/json"}
# A search answers with these alone: ids come as sort values, so no stored field is ever loaded.
ANSWER = ",".join(
    f"responses.{path}"
    for path in (
        "status",
        "error",
        "hits.total.value",
        "hits.hits.sort",
        "hits.hits.matched_queries",
        "hits.hits.inner_hits.*.hits.hits._nested.offset",
        "aggregations",
    )
)

WRITE_SECONDS = 60.0
READ_SECONDS = 20.0  # a person waits: an answer that takes longer is none
# Seconds between tries of a read that meets an index in the making, one that was just swapped out, or a lost node's shard.
PATIENCE = (0.05, 0.1, 0.2, 0.4, 0.8)


class IndexGone(Exception):
    """The index or alias that was named is not there (any more). Never leaves this package."""


class Unanswered(EngineUnavailable):
    """No copy of a shard is there to answer: now, not for good."""


class Connection:
    """A lazily made client (nothing is opened before a fork) and the index name that all names here begin with."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.index = parts.path.strip("/")
        netloc = parts.netloc.rpartition("@")[2]
        self.location = urlunsplit((parts.scheme, netloc, parts.path, "", ""))
        if not self.index or "/" in self.index or self.index != self.index.lower() or not parts.hostname:
            raise EngineUnavailable(f"{self.location} 里没有小写的索引名；请写成 http://localhost:9200/xinglin 这样")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self._hosts = [f"{parts.scheme}://{host}:{parts.port or (443 if parts.scheme == 'https' else 9200)}"]
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._made: tuple[Elasticsearch, Elasticsearch] | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> Elasticsearch:
        """The client, made at its first use."""
        return self._clients()[0]

    def _clients(self) -> tuple[Elasticsearch, Elasticsearch]:
        """The client, and the same with the patience of a person who waits for a page."""
        with self._lock:
            if self._made is None:
                options: dict[str, Any] = {"basic_auth": self._login, "max_retries": 2, "retry_on_timeout": True}
                client = Elasticsearch(self._hosts, request_timeout=WRITE_SECONDS, **options)
                self._made = client, client.options(request_timeout=READ_SECONDS, retry_on_timeout=False)
            return self._made

    def close(self) -> None:
        """Release the sockets; a later call opens them anew."""
        with self._lock:
            if self._made is not None:
                self._made[0].close()
                self._made = None

    def msearch(self, index: str, bodies: Sequence[Body]) -> list[Body]:
        """The answers to searches of one index in one request, scored alike on any number of shards."""
        header = {"index": index, "ignore_unavailable": True, "allow_partial_search_results": False}
        searches = [part for body in bodies for part in (header, body)]

        def ask() -> list[Body]:
            answer = self._clients()[1].msearch(searches=searches, search_type="dfs_query_then_fetch", filter_path=ANSWER)
            for response in answer["responses"]:
                if "error" in response:
                    self._refuse(response["status"], response["error"])
            return answer["responses"]

        return self.patiently(ask)

    def mget(self, index: str, ids: Sequence[str], fields: Sequence[str], vectors: bool = False) -> list[Body | None]:
        """The sources of documents in the order asked, None for unknown ones; sees writes without a refresh."""
        params: dict[str, Any] = {"filter_path": "docs.found,docs._source,docs.error"}
        if vectors:
            params["_source_exclude_vectors"] = "false"  # the client's own mget has no such parameter
        else:
            params["_source_includes"] = ",".join(fields)
        path = f"/{quote(index)}/_mget"

        def ask() -> list[Body | None]:
            answer = self._clients()[1].perform_request("POST", path, params=params, headers=JSON, body={"ids": list(ids)})
            error = next((doc["error"] for doc in answer["docs"] if "error" in doc), None)
            if error and error["type"] != "index_not_found_exception":
                self._refuse(503, error)
            if error and self.client.indices.exists(index=index):  # the alias has moved on; else there is no index yet
                self._refuse(404, error)
            return [doc.get("_source") if doc.get("found") else None for doc in answer["docs"]]

        return self.patiently(ask)

    def patiently(self, read: Callable[[], Result]) -> Result:
        """What a read gives, tried again for a while where the index was on the move."""
        for wait in PATIENCE:
            try:
                return read()
            except (Unanswered, IndexGone) as exc:
                log.info("not yet: %s", exc)
            except ApiError as exc:
                if exc.status_code != 503:
                    raise
            time.sleep(wait)
        return read()

    def _refuse(self, status: int, error: Mapping[str, Any]) -> None:
        reason = reason_of(error)
        if status == 404:
            raise IndexGone(reason)
        if status == 400:
            raise BadQuery(f"{self.location} 的 Elasticsearch 不接受这个查询：{reason}{_advice(reason)}")
        kind = Unanswered if status == 503 else EngineUnavailable
        raise kind(f"{self.location} 的 Elasticsearch 出错（{status}）：{reason}；请看它的日志")

    def translate(self, exc: Exception) -> SearchError:
        """Our error for one of the client's, saying what to do."""
        where = f"{self.location} 的 Elasticsearch"
        if isinstance(exc, UnsupportedProductError):
            return EngineUnavailable(f"{self.location} 应答的不是 Elasticsearch；请检查主机和端口")
        if not isinstance(exc, ApiError):
            return EngineUnavailable(f"{where} 没有应答（{exc}）；请启动它，或检查地址")
        error = exc.body.get("error", exc.body) if isinstance(exc.body, dict) else str(exc.body)
        reason = reason_of(error) if isinstance(error, dict) else str(error)[:300]
        if exc.status_code in (401, 403):
            return EngineUnavailable(f"{where} 不许这个用户访问（{exc.status_code}）：{reason}；请检查用户名、密码和权限")
        if "media_type_header_exception" in str(exc.body):
            return EngineUnavailable(f"{where} 与客户端的主版本不同；请运行 Elasticsearch 9")
        if exc.status_code == 400:
            return BadQuery(f"{where} 不接受这个请求：{reason}")
        return EngineUnavailable(f"{where} 出错（{exc.status_code}）：{reason}；请看它的日志")


def _advice(reason: str) -> str:
    """What to do about the cluster's limit of clauses, which follows from its memory."""
    return "；问题太长，请写短些，或给 Elasticsearch 更多内存" if "clause" in reason.lower() else ""


def reason_of(error: Mapping[str, Any]) -> str:
    """The innermost sentence of an error body."""
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("reason") or causes[0].get("type"))[:500]


def bordered(method: Callable[..., Result]) -> Callable[..., Result]:
    """A method of an object with `connection`, outside of which nobody has heard of the client's errors."""

    @functools.wraps(method)
    def inside(self: Any, *args: Any, **values: Any) -> Result:
        try:
            return method(self, *args, **values)
        except IndexGone as exc:
            raise EngineUnavailable(f"{self.connection.location} 的 Elasticsearch：{exc}；请再试一次") from exc
        except (ApiError, elastic_transport.TransportError) as exc:
            raise self.connection.translate(exc) from exc

    return inside
