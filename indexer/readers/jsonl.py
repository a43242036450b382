"""JSON lines -> Documents, one line at a time: a file of any size takes the memory of its longest line."""

import io
import json
from collections.abc import Iterator

from indexer.readers.charset import decode_as, detect, refuse_binary
from indexer.readers.rows import document_of
from search.document import Document
from search.errors import BadDocument

MAX_LINE = 64 * 2**20  # bytes: the longest page is a few MB, so a longer line is no row


def read(stream: io.BufferedReader) -> Iterator[tuple[int, Document | BadDocument]]:
    """Line number (from 1) with its document, or with why it is none; empty lines are passed over.

    Documents come as given: doc_id, title and source may be empty. BadDocument is raised where the whole is no text.
    """
    charset = _charset(stream.peek(2**16))
    for number, line in enumerate(_lines(stream, charset), 1):
        try:
            if len(line) > MAX_LINE:
                raise BadDocument(f"这一行超过 {MAX_LINE >> 20} MB：不像是一行一个文档的 JSON lines")
            if line.strip():
                charset, text = _decoded(line, charset)
                yield number, document_of(_row(text))
        except BadDocument as exc:
            yield number, exc


def _charset(sample: bytes) -> str:
    try:
        return detect(sample)
    except BadDocument:
        refuse_binary(sample)
        return "utf-8"  # lines that cannot be read, and perhaps others that can


def _decoded(line: bytes, charset: str) -> tuple[str, str]:
    """The charset and the text; files that were put together by hand change charset between two lines."""
    if line.isascii():
        return charset, line.decode()
    try:
        if charset in ("utf-8", "utf-8-sig"):
            return charset, line.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    charset = detect(line, charset)
    return charset, decode_as(line, charset)


def _row(text: str) -> dict:
    try:
        row = json.loads(text, strict=False)
    except json.JSONDecodeError as exc:
        raise BadDocument(f"不是合法的 JSON：第 {exc.colno} 个字符处 {exc.msg}") from exc
    except (ValueError, RecursionError) as exc:
        raise BadDocument("不是合法的 JSON：嵌套太深，或数字太长") from exc
    if not isinstance(row, dict):
        raise BadDocument(f"每行应是一个 JSON 对象 {{…}}，这里是 {type(row).__name__}")
    return row


def _lines(stream: io.BufferedReader, charset: str) -> Iterator[bytes]:
    """Lines as bytes; of UTF-16 and UTF-32, where a newline is more than one byte, as UTF-8."""
    if charset.startswith(("utf-16", "utf-32")):
        for text in io.TextIOWrapper(stream, charset, errors="replace", newline="\n"):
            yield text.encode()
        return
    while line := stream.readline(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):  # pass over the rest of it
            if not (line := stream.readline(MAX_LINE + 1)):
                return
            line = line if line.endswith(b"\n") else bytes(MAX_LINE + 1)
