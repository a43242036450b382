"""Plain text -> Document: a title line, and sections by the headings that Chinese leaflets and papers use."""

from collections.abc import Iterator

from indexer.readers import stated
from indexer.readers.headings import heading
from indexer.readers.outline import Block, assemble
from indexer.readers.rows import clean
from indexer.readers.titles import looks_like_title
from search.document import Document


def read(text: str) -> Document:
    """The document of a text file; doc_id and source are empty, the title too where no line looks like one."""
    lines = [line for line in map(str.strip, clean(text).split("\n")) if line]
    title = ""
    if lines and looks_like_title(lines[0]) and not heading(lines[0]):
        title = lines.pop(0)
    body, sections = assemble(_blocks(lines))
    name = stated.without_aliases(title)
    return stated.completed(Document("", name, body, sections=sections), stated.read(title, lines))


def _blocks(lines: list[str]) -> Iterator[Block]:
    for line in lines:
        if found := heading(line):
            yield from found
        else:
            yield Block(0, line)
