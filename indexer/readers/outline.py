"""Lines under headings -> plain text without the headings, and sections with offsets into it."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from search.document import Section

SEPARATOR = " › "  # between a heading and the one it stands under


class Block(NamedTuple):
    """A heading of a level from 1, or text (level 0). An empty heading ends those of its level and below."""

    level: int
    text: str


def assemble(blocks: Iterable[Block]) -> tuple[str, tuple[Section, ...]]:
    """Text blocks joined by newlines; one section for each stretch directly under a heading. Sections never overlap."""
    lines: list[str] = []
    sections: list[Section] = []
    path: dict[int, str] = {}
    offset = 0
    continued = False  # does the next line belong to the last section?
    for level, text in blocks:
        if level:
            path = {upper: heading for upper, heading in path.items() if upper < level}
            if text:
                path[level] = text
            continued = False
        elif text:
            lines.append(text)
            end = offset + len(text)
            if path:
                start = sections.pop().start if continued else offset
                sections.append(Section(SEPARATOR.join(path.values()), start, end))
                continued = True
            offset = end + 1
    return "\n".join(lines), tuple(sections)


def with_bare_headings(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, a heading over nothing being a text: the lines of a title page are larger than the text, and no headings."""
    given = [block for block in blocks if block.text or block.level]
    return [
        Block(0, block.text) if block.text and 0 < after.level <= block.level else block
        for block, after in pairwise([*given, Block(1, "")])
    ]
