"""The SQLite file that is the truth: its tables, connections, transactions, and its errors in our words."""

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engine.embedded.locks import lock
from search.errors import EngineUnavailable, MappingMismatch

LAYOUT = 1  # of the tables below; another number in a file is another program's
PATIENCE_SECONDS = 60.0  # for other writers; the last round of a rebuild holds them up
JOURNAL_BYTES = 64_000_000  # what a rebuild has made the journal grow to beyond this is given back

TABLES = (
    "CREATE TABLE clock (store TEXT NOT NULL, seq INTEGER NOT NULL, live INTEGER NOT NULL, fresh INTEGER)",
    """CREATE TABLE generations (
        number INTEGER PRIMARY KEY AUTOINCREMENT, mapping_version TEXT NOT NULL, models TEXT NOT NULL,
        sizes TEXT NOT NULL DEFAULT '{}', documents INTEGER NOT NULL DEFAULT 0, passages INTEGER NOT NULL DEFAULT 0)""",
    # page is NULL where the entry was deleted: what derives from the log must hear of it
    """CREATE TABLE entries (
        generation INTEGER NOT NULL, doc_id TEXT NOT NULL, seq INTEGER NOT NULL, passages INTEGER NOT NULL,
        page BLOB, terms BLOB, weights BLOB, vectors BLOB)""",
    "CREATE UNIQUE INDEX entries_by_id ON entries (generation, doc_id)",
    "CREATE UNIQUE INDEX entries_by_seq ON entries (generation, seq)",
    # written to the live generation since a rebuild began
    "CREATE TABLE touched (doc_id TEXT PRIMARY KEY, seq INTEGER NOT NULL)",
    """CREATE TABLE versions (
        doc_id TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, packed BLOB NOT NULL,
        PRIMARY KEY (doc_id, number))""",
)

ADVICE = {
    "SQLITE_FULL": "磁盘已满；请腾出空间再试",
    "SQLITE_IOERR": "读写失败；磁盘满了，请腾出空间再试；磁盘坏了，请从备份恢复",
    "SQLITE_BUSY": f"另一个进程已写了 {PATIENCE_SECONDS:.0f} 秒；请等它写完再试",
    "SQLITE_READONLY": "不许写；请检查所有者和权限",
    "SQLITE_CANTOPEN": "打不开；请检查文件夹的所有者和权限",
    "SQLITE_CORRUPT": "已损坏；请从备份恢复",
    "SQLITE_NOTADB": "不是索引，或已损坏；请从备份恢复",
}


class Database:
    """Connections to one file, each lent to one thread at a time; to be used in the process that opened it."""

    def __init__(self, path: Path, mapping_version: str) -> None:
        """Open or create the file. EngineUnavailable; MappingMismatch where another program's tables are in it."""
        self.path = path
        self._pid = os.getpid()
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._open = True
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with lock(path.with_suffix(".lock"), PATIENCE_SECONDS):
                self._create(mapping_version)
        except OSError as exc:
            raise EngineUnavailable(f"{path.parent} 放不了索引：{exc}") from exc

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the file, for as long as the block lasts."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, alone among all processes: durable when the block ends, undone when it raises."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        with self._guard:
            self._open = False
            if os.getpid() == self._pid:
                for connection in self._idle:
                    connection.close()
            self._idle.clear()

    def check(self) -> None:
        """EngineUnavailable where this engine must not be used: closed, or inherited through a fork."""
        if os.getpid() != self._pid:
            raise EngineUnavailable(
                f"{self.path.parent} 是在进程 {self._pid} 里打开的，却用在它的子进程 {os.getpid()} 里；请在分出子进程之后再打开"
            )
        if not self._open:
            raise EngineUnavailable(f"{self.path.parent} 已经关上；请重新打开")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._borrow()
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._give_back(connection)
        except sqlite3.Error as exc:
            raise self._translated(exc) from exc

    def _borrow(self) -> sqlite3.Connection:
        self.check()
        with self._guard:
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if self._open and not connection.in_transaction:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
        return connection

    def _create(self, mapping_version: str) -> None:
        try:
            connection = self._connect()
            try:
                layout = connection.execute("PRAGMA user_version").fetchone()[0]
                if not layout:
                    connection.execute("PRAGMA journal_mode = WAL")
                    _create_tables(connection, mapping_version)
                elif layout != LAYOUT:
                    raise MappingMismatch(
                        f"{self.path} 是别的发行版写的（布局 {layout}，这里是 {LAYOUT}）；请用那一版，或另建索引重新读入"
                    )
            finally:
                connection.close()
        except sqlite3.Error as exc:
            raise self._translated(exc) from exc

    def _translated(self, exc: sqlite3.Error) -> EngineUnavailable:
        name = getattr(exc, "sqlite_errorname", "")
        advice = next((text for code, text in ADVICE.items() if name.startswith(code)), "")
        return EngineUnavailable(f"{self.path}：{advice or exc}" + (f"（{exc}）" if advice else ""))


def _create_tables(connection: sqlite3.Connection, mapping_version: str) -> None:
    connection.execute("BEGIN")
    for statement in TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO generations (mapping_version, models) VALUES (?, '{}')", (mapping_version,))
    connection.execute("INSERT INTO clock VALUES (?, 0, last_insert_rowid(), NULL)", (uuid.uuid4().hex,))
    connection.execute(f"PRAGMA user_version = {LAYOUT}")
    connection.execute("COMMIT")
