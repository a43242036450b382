"""Files, folders and standard input -> Documents and refusals, lazily, in one order."""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from indexer.readers import jsonl
from indexer.readers.apart import Apart
from indexer.readers.charset import decode
from indexer.readers.formats import KNOWN, LINES, TEXT, read_apart
from indexer.readers.identity import id_of
from indexer.readers.titles import titled
from search.document import Document
from search.errors import BadDocument

STDIN = "-"
MAX_FILE = 64 * 2**20  # bytes of one document: far beyond any book, far below what would fill the memory


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken in: the file, with the line of a row, and a sentence saying why."""

    where: str
    reason: str


class _File(NamedTuple):
    path: Path
    source: str
    inside: str  # its path in the loaded folder


def read_paths(paths: Sequence[str | Path], prefix: str = "", now: datetime | None = None) -> Iterator[Document | Refusal]:
    """All documents of files, folders (recursive, sorted) and `-` (JSON lines on standard input); each id once.

    `prefix` goes before given ids; `now` is the time of capture of rows that state none, in UTC.
    """
    now = now or datetime.now(UTC)
    places: dict[str, str] = {}
    with Apart() as apart:
        for file in _found(paths):
            if isinstance(file, Refusal):
                yield file
                continue
            for where, place, read in _guarded(file, apart):
                try:
                    document = _finished(read, file.source, place, prefix, now)
                    _claim(places, document, where)
                except BadDocument as exc:
                    yield Refusal(where, str(exc))
                else:
                    yield document


def _finished(read: Document | BadDocument, source: str, place: str, prefix: str, now: datetime) -> Document:
    """With an id, a source, a title and a time of capture."""
    if isinstance(read, BadDocument):
        raise read
    source = read.source or source
    return replace(
        read,
        doc_id=id_of(read, source, place, prefix),
        source=source,
        title=titled(read.title, read.text),
        captured_at=read.captured_at or now,
    )


def _claim(places: dict[str, str], document: Document, where: str) -> None:
    doc_id = document.doc_id
    if doc_id in places:
        address = f"（网址 {document.url[:100]}）" if document.url else ""
        raise BadDocument(f"_id {doc_id}{address} 在这次载入里重复：{places[doc_id]} 和 {where}；保留前一个")
    places[doc_id] = where


def _guarded(file: _File, apart: Apart) -> Iterator[tuple[str, str, Document | BadDocument]]:
    """As `_read`; what concerns the file as a whole comes as one more BadDocument."""
    try:
        yield from _read(file, apart)
    except BadDocument as exc:
        yield _shown(file.path), file.inside, exc
    except OSError as exc:
        yield _shown(file.path), file.inside, BadDocument(f"读不了：{exc.strerror or exc}")


def _read(file: _File, apart: Apart) -> Iterator[tuple[str, str, Document | BadDocument]]:
    """Where it stands (for people), its place (for its id), and the document or why it is none."""
    if str(file.path) == STDIN:
        if sys.stdin is None:
            raise BadDocument("标准输入是关着的；请从管道或文件给出 JSON lines")
        yield from _rows(sys.stdin.buffer, file)  # type: ignore[arg-type]  # a BufferedReader where it is a real one
        return
    with file.path.open("rb") as stream:
        if not stream.peek(1):
            raise BadDocument("文件是空的")
        if file.path.suffix.lower() in LINES:
            yield from _rows(stream, file)
        else:
            yield _shown(file.path), file.inside, _whole(file.path.suffix.lower(), _all(stream), apart)


def _whole(suffix: str, data: bytes, apart: Apart) -> Document:
    form = read_apart(suffix, data)
    return apart.read(form, data) if form else TEXT[suffix](decode(data))


def _rows(stream: io.BufferedReader, file: _File) -> Iterator[tuple[str, str, Document | BadDocument]]:
    for number, read in jsonl.read(stream):
        # A row without an id and a url is known by its words: its line number changes with every row before it.
        place = "" if isinstance(read, BadDocument) else f"{file.inside}#{read.digest}"
        yield f"{_shown(file.path)}:{number}", place, read


def _all(stream: io.BufferedReader) -> bytes:
    data = stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise BadDocument(f"超过 {MAX_FILE >> 20} MB，不像是一个文档：请拆开，压缩其中的图片，或转成 JSON lines")
    return data


def _found(paths: Sequence[str | Path]) -> Iterator[_File | Refusal]:
    for path in map(Path, paths):
        suffix = path.suffix.lower()
        if str(path) == STDIN:
            yield _File(path, "stdin", STDIN)
        elif os.path.isdir(path):
            yield from _inside(path)
        elif not os.path.exists(path):
            yield Refusal(_shown(path), "没有这个文件或文件夹")
        elif suffix not in KNOWN:
            yield Refusal(_shown(path), f"不认识的扩展名 {suffix or '（无）'}：现在能读 {'、'.join(KNOWN)}")
        else:
            yield _File(path, _name(path.resolve().parent), path.name)


def _inside(folder: Path) -> Iterator[_File | Refusal]:
    """All of a folder; one that holds nothing for us is said, since it is most likely the wrong one."""
    found = False
    for each in _walk(folder, folder, _name(folder.resolve())):
        found = True
        yield each
    if not found:
        yield Refusal(_shown(folder), f"文件夹里没有能读的文件：现在能读 {'、'.join(KNOWN)}")


def _walk(folder: Path, top: Path, source: str) -> Iterator[_File | Refusal]:
    """The files of a folder in the order of their names; hidden ones, READMEs and unknown extensions are passed over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as exc:
        yield Refusal(_shown(folder), f"读不了：{exc.strerror or exc}")
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if entry.is_symlink():  # it might lead back here
                yield Refusal(_shown(path), "是指向文件夹的链接，没有跟进：请直接给出那个文件夹")
            else:
                yield from _walk(path, top, source)
        elif path.suffix.lower() in KNOWN and not entry.name.lower().startswith("readme"):
            yield _File(path, source, path.relative_to(top).as_posix())


def _shown(path: Path) -> str:
    return "stdin" if str(path) == STDIN else _readable(str(path))


def _name(folder: Path) -> str:
    return _readable(folder.name) or "/"


def _readable(name: str) -> str:
    """A file's name as text that can be printed and stored; Linux allows any bytes."""
    return os.fsencode(name).decode("utf-8", "replace")
