"""Plain text -> Document: a title line, and sections by the headings that Chinese leaflets and papers use."""

import re
from collections.abc import Iterator

from indexer.readers.outline import Block, assemble
from indexer.readers.rows import clean
from indexer.readers.titles import looks_like_title
from search.document import Document

_NO_SENTENCE = r"[^。！？；，!?;,：:]"
_HEADINGS = (  # level, and the heading as group 1; what follows 【】 on its line stands under it
    (1, re.compile(r"【([^】]{1,20})】[：:]?\s*(.*)")),
    (1, re.compile(rf"[一二三四五六七八九十百]{{1,4}}、\s*({_NO_SENTENCE}{{1,20}})[：:]?()")),
    (2, re.compile(rf"[（(][一二三四五六七八九十]{{1,3}}[）)]、?\s*({_NO_SENTENCE}{{1,20}})[：:]?()")),
    (1, re.compile(rf"(第[一二三四五六七八九十百]{{1,5}}[编篇章节](?:\s+{_NO_SENTENCE}{{1,30}})?)()")),
    (1, re.compile(rf"({_NO_SENTENCE}{{1,10}})[：:]()")),
)


def read(text: str) -> Document:
    """The document of a text file; doc_id and source are empty, the title too where no line looks like one."""
    lines = [line for line in map(str.strip, clean(text).split("\n")) if line]
    title = ""
    if lines and looks_like_title(lines[0]) and not _heading(lines[0]):
        title = lines.pop(0)
    body, sections = assemble(_blocks(lines))
    return Document("", title, body, sections=sections)


def _blocks(lines: list[str]) -> Iterator[Block]:
    for line in lines:
        if found := _heading(line):
            yield from found
        else:
            yield Block(0, line)


def _heading(line: str) -> tuple[Block, Block] | None:
    """A heading and what follows it on its line."""
    for level, pattern in _HEADINGS:
        if found := pattern.fullmatch(line):
            return Block(level, found[1].strip()), Block(0, found[2])
    return None
