"""Markdown with YAML front matter -> Document: plain text, the headings in its sections alone."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.readers import stated
from indexer.readers.outline import Block, assemble
from indexer.readers.powers import raised
from indexer.readers.rows import clean, document_of
from search.document import Document
from search.errors import BadDocument

_FENCE = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_KEY = re.compile(r"\w+[ \t]*:(?:\s|$)")
_SENTENCE_END = tuple("。！？；：…!?;:")
_STRONG = re.compile(r"\*\*([^*\n]+)\*\*")  # CommonMark leaves **用法：**口服 as it is
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.S | re.I)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.I)
_CELL_END = re.compile(r"</t[dh]>\s*(?=<t[dh]\b)", re.I)
_LINE_TAG = re.compile(r"<br\b[^<>]*>|</(?:tr|p|li|div|h[1-6]|caption)>", re.I)
_RAISED = re.compile(r"<sup>([^<>]*)</sup>", re.I)
_CELLS = " | "  # between the cells of a row
_PARSER = MarkdownIt("commonmark", {"maxNesting": 100}).enable(
    "table"
)  # no strikethrough: scanned pages write 3~~5 for a range


def read(text: str) -> Document:
    """The document of a Markdown file; doc_id, title and source may be empty. BadDocument where the front matter is broken."""
    front, body = _split(clean(text).lstrip("\n"))
    document = document_of({**front, "text": ""})
    blocks = list(_blocks(_PARSER.parse(_RAISED.sub(lambda found: raised(found[1]), body))))
    title = document.title or next((block.text for block in blocks if block.level == 1), "")
    plain, sections = assemble(_without_title(blocks, title))
    read = replace(document, title=title, text=plain, sections=sections)
    return stated.completed(read, stated.read(title, plain.split("\n")))


def _without_title(blocks: Iterable[Block], title: str) -> Iterator[Block]:
    """The blocks, the first H1 that repeats the title being no heading of a section."""
    pending = True
    for block in blocks:
        if pending and block == (1, title):
            pending, block = False, Block(1, "")
        yield block


def _split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and body; without front matter an empty one."""
    lines = text.split("\n")
    if not re.fullmatch(r"---[ \t]*", lines[0]):
        return {}, text
    end = next((number for number, line in enumerate(lines[1:], 1) if _FENCE.match(line)), None)
    if end is None:
        if _KEY.match(lines[1] if len(lines) > 1 else ""):
            raise BadDocument("front matter（YAML 头）从第 1 行开始，却没有结束它的 ---")
        return {}, text
    front = _front_matter("\n".join(lines[1:end]))
    return ({}, text) if front is None else (front, "\n".join(lines[end + 1 :]))


def _front_matter(text: str) -> dict[str, Any] | None:
    """Its values as written (an id 007, an alias NO); None where it is none, but text between two rules."""
    try:
        front = yaml.load(text, yaml.BaseLoader)  # safe: makes texts, lists and mappings, nothing else
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 2 if exc.problem_mark else 1
        reason = exc.problem or exc.context
        raise BadDocument(f"第 {line} 行：front matter（YAML 头）写错了：{reason}（含冒号的值请加引号）") from exc
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        raise BadDocument(f"front matter（YAML 头）写错了：{exc}") from exc
    if isinstance(front, dict):
        return front
    return {} if not front and not text.strip() else None


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    level = 0
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open" and token.level == 0:
            level = int(token.tag[1])
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            yield Block(0, _CELLS.join(filter(None, cells)))
            cells = None
        elif token.type == "inline":
            plain = _plain(token.children or ())
            if cells is not None:
                cells.append(" ".join(plain.split("\n")))
            else:
                yield Block(level, plain)
                level = 0
        elif token.type in ("fence", "code_block"):
            yield Block(0, token.content.rstrip("\n"))
        elif token.type == "html_block":
            yield Block(0, _without_tags(token.content))


def _plain(children: Iterable[Token]) -> str:
    """The text of a paragraph without its marks; a link is its text, an image its description."""
    text = ""
    broken = False  # a line of the source ends here
    for child in children:
        if child.type == "softbreak":
            broken = True
            continue
        piece = "\n" if child.type == "hardbreak" or _is_break(child) else "" if child.type == "html_inline" else child.content
        if broken and piece:
            text += _joint(text, piece)
            broken = False
        text += piece
    return re.sub(r"[ \t]*\n\s*", "\n", _STRONG.sub(r"\1", text)).strip()


def _is_break(token: Token) -> bool:
    return token.type == "html_inline" and token.content.lower().startswith("<br")


def _joint(before: str, after: str) -> str:
    """Between two lines of a paragraph: nothing in running Chinese, a newline after a sentence, else a space."""
    if before.endswith(_SENTENCE_END):
        return "\n"
    return "" if before[-1:] > "\u2e7f" and after[:1] > "\u2e7f" else " "


def _without_tags(source: str) -> str:
    text = _LINE_TAG.sub("\n", _CELL_END.sub(_CELLS, _UNSEEN.sub("", source)))
    lines = (html.unescape(_TAG.sub("", line)).strip() for line in text.split("\n"))
    return "\n".join(filter(None, lines))
