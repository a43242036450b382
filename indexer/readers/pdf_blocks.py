"""Rows in reading order -> headings, paragraphs and lines of tables: lines are joined, words that were divided are healed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from indexer.readers import tables
from indexer.readers.headings import heading, without_number
from indexer.readers.outline import Block
from indexer.readers.pdf_columns import Row
from indexer.readers.pdf_tables import table_at

LARGER = 1.1  # times the size of the text: a heading
MAX_LARGE, MAX_BOLD = 60, 30  # characters of a line that is a heading by its size, by its weight
BOLD_LEVEL = 7  # below all sizes; headings that are known by their words alone lie below that
INDENTED = 1.2  # of the height: a line that begins so far in begins a paragraph
SHORT = 2.0  # of the height: a line that ends so far from the border may end a paragraph
VERY_SHORT = 8.0  # it does, whatever it ends with; Latin words leave gaps of up to 5
APART = 1.5  # of the usual distance between lines

_ENDS = tuple("。！？；：.!?;:”")
_MARK = re.compile(r"[•●■◆▪·]|[（(]?\d{1,2}[）).、]|[①-⑳]")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\s+([^\d\s。；，：！？,;][^。；！？;]{1,28})")
_LEADER = re.compile(r".{1,60}?(?:(?:\.\s?){4,}|…{2,}|·{4,})\s*\d+")  # a line of a table of contents
_CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef“”‘’…—]")
_DIVIDED = re.compile(r"[A-Za-z]-")
_NO_WORD = re.compile(r"[^A-Za-z-]")
_COMPOUND = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+")


def blocks(rows: Sequence[Row]) -> list[Block]:
    """Headings and texts. The level of a heading is the rank of its size among those larger than the text's."""
    return list(_Reader([row for row in rows if not _LEADER.fullmatch(row.text)]).blocks())


class _Open(NamedTuple):
    """A block that is being put together."""

    level: int
    lines: list[str]


class _Reader:
    """One pass over the rows, with what is usual in them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        sizes = Counter[float]()
        bold = Counter[bool]()
        for row in rows:
            sizes[_size(row)] += len(row.text)
            bold[_bold(row)] += len(row.text)
        self._size = max(sizes, key=lambda size: sizes[size], default=0.0)
        self._larger = sorted((size for size in sizes if size > LARGER * self._size), reverse=True)
        self._bold_text = bold[True] > bold[False]
        steps = (row.segments[0].middle - above.segments[0].middle for above, row in pairwise(rows) if _same_column(above, row))
        self._step = median([step for step in steps if step > 0] or [0.0])
        self._compounds = {word for row in rows for word in _COMPOUND.findall(row.text)}
        self._open: list[_Open] = []  # blocks whose last one the next row may go on with

    def blocks(self) -> Iterator[Block]:
        before: Row | None = None
        place = 0
        while place < len(self._rows):
            if table := table_at(self._rows, place):
                yield from self._closed()
                yield from (Block(0, line) for line in tables.lines(table.cells, tables.looks_headed(table.cells)))
                place, before = place + table.rows, None
                continue
            row = self._rows[place]
            yield from self._taken(row, before)
            place, before = place + 1, row
        yield from self._closed()

    def _taken(self, row: Row, before: Row | None) -> Iterator[Block]:
        """What is finished by this row, which stays open."""
        begins = before is None or self._begins(row, before)
        level = self._level(row)
        after = self._open[-1] if self._open else None
        if level:
            if before and after and after.level == level and not self._apart(row, before):
                self._join(after.lines, row.text)
                return
            yield from self._closed()
            self._open = [_Open(level, [row.text])]
        elif (begins or _falls_short(row, SHORT)) and (worded := _worded(row.text)):
            yield from self._closed()
            self._open = [_Open(block.level, [block.text]) for block in worded if block.text]
        elif begins or not after or after.level:
            yield from self._closed()
            self._open = [_Open(0, [row.text])]
        else:
            self._join(after.lines, row.text)

    def _closed(self) -> Iterator[Block]:
        closed, self._open = self._open, []
        for level, lines in closed:
            text = "".join(lines)
            yield Block(level, without_number(text) if level else text)

    def _level(self, row: Row) -> int:
        size = _size(row)
        if size in self._larger and len(row.text) <= MAX_LARGE:
            return min(self._larger.index(size) + 1, BOLD_LEVEL - 1)
        bold = _bold(row) and not self._bold_text and len(row.text) <= MAX_BOLD and not row.text.endswith(_ENDS)
        return BOLD_LEVEL if bold and _falls_short(row, SHORT) else 0

    def _begins(self, row: Row, before: Row) -> bool:
        """Does a paragraph begin with this row?"""
        height = _height(row)
        if _same_column(before, row):
            if self._apart(row, before) or row.segments[0].left - before.segments[0].left > INDENTED * height:
                return True
        elif row.segments[0].left - row.left > INDENTED * height:
            return True
        if _falls_short(before, SHORT) and before.text.endswith(_ENDS):
            return True
        marked = bool(_MARK.match(row.text)) and before.text.endswith(_ENDS)
        return marked or _falls_short(before, VERY_SHORT)

    def _apart(self, row: Row, before: Row) -> bool:
        return _same_column(before, row) and row.segments[0].middle - before.segments[0].middle > APART * max(
            self._step, _height(row)
        )

    def _join(self, lines: list[str], more: str) -> None:
        """Add a line to those of a block: no space in Chinese, no hyphen in a word that was divided."""
        last = lines[-1]
        if last.endswith("\u00ad") or (
            _DIVIDED.fullmatch(last[-2:]) and more[:1].islower() and not self._is_compound(last, more)
        ):
            lines[-1] = last[:-1]
            lines.append(more)
            return
        bare = last.endswith("-") or _CHINESE.match(last[-1:]) or _CHINESE.match(more[:1])
        lines.append(more if bare else f" {more}")

    def _is_compound(self, before: str, after: str) -> bool:
        """Does the word stand undivided elsewhere, with its hyphen?"""
        return _NO_WORD.split(before)[-1] + _NO_WORD.split(after)[0] in self._compounds


def _worded(text: str) -> tuple[Block, ...]:
    """A heading that is known by its words, and what follows it on its line."""
    if found := heading(text, below=BOLD_LEVEL):
        return found
    if numbered := _NUMBERED.fullmatch(text):
        return (Block(BOLD_LEVEL + 1 + numbered[1].count("."), numbered[2].strip()),)
    return ()


def _size(row: Row) -> float:
    return max(row.segments, key=lambda segment: len(segment.text)).size


def _bold(row: Row) -> bool:
    return all(segment.bold for segment in row.segments)


def _height(row: Row) -> float:
    return row.segments[0].bottom - row.segments[0].top


def _same_column(above: Row, row: Row) -> bool:
    down = row.segments[0].middle > above.segments[0].middle
    return down and (above.left, above.right) == (row.left, row.right)


def _falls_short(row: Row, by: float) -> bool:
    return row.right - row.segments[-1].right > by * _height(row)
