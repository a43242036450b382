"""Versions in SQLite: append-only, and of no generation."""

import sqlite3
from collections.abc import Iterable

from search.document import Version
from search.engine.embedded.packing import pack_version, unpack_version
from search.errors import VersionConflict


def append(connection: sqlite3.Connection, versions: Iterable[Version]) -> None:
    """Keep the versions. VersionConflict where another text has a number already."""
    for version in versions:
        row = (version.doc_id, version.number, version.digest, pack_version(version))
        if not connection.execute("INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?)", row).rowcount:
            query = "SELECT digest FROM versions WHERE doc_id = ? AND number = ?"
            (digest,) = connection.execute(query, row[:2]).fetchone()
            if digest != version.digest:
                raise VersionConflict(f"{version.doc_id} 的第 {version.number} 版已是另一份文字（{digest[:12]}）；请再读入一次")


def of_document(connection: sqlite3.Connection, doc_id: str) -> list[Version]:
    """The document's versions, oldest first."""
    query = "SELECT packed FROM versions WHERE doc_id = ? ORDER BY number"
    return [unpack_version(packed) for (packed,) in connection.execute(query, (doc_id,))]
