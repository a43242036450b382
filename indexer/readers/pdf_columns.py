"""Segments of a page -> rows in the order in which a reader takes them: column after column, and between them what spans them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from indexer.readers.pdf_pages import SAME_LINE, Segment

MIN_LINES = 5  # in each of two columns; ALIKE where the page before has them at the same place
ALIKE = 2
MIN_WIDTH = 8  # of the size: text columns are wider, cells of tables rarely are
MIN_FILLED = 0.6  # of a column's width, by the middle one of its lines: text fills its column, cells do not
MAX_CROSSING = 0.35  # of the lines: with more across the gap it is none between columns
MIN_GAP = 0.8  # of the size: how wide the gap between columns must be
MIDDLE = (0.2, 0.8)  # of the width: where that gap may lie


@dataclass(frozen=True, slots=True)
class Row:
    """Segments on one line; left and right: the borders of its column."""

    segments: tuple[Segment, ...]
    left: float
    right: float

    @property
    def text(self) -> str:
        """All segments, a space between each two."""
        return " ".join(segment.text for segment in self.segments)


def rows(segments: Sequence[Segment], gap: float | None = None) -> tuple[list[Row], float | None]:
    """The rows in reading order, and where the gap between two columns lies, if there are two; `gap`: that of the page before."""
    found = _gap(segments)
    if found is None and gap is not None and _divides(segments, gap, ALIKE):
        found = gap
    return _ordered(segments, found, _borders(segments)), found


def plain_rows(segments: Sequence[Segment], borders: tuple[float, float] = (0.0, 0.0)) -> list[Row]:
    """Rows from top to bottom, as they stand, of one column with these borders."""
    lines: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda segment: (segment.middle, segment.left)):
        height = segment.bottom - segment.top
        if lines and abs(lines[-1][0].middle - segment.middle) < SAME_LINE * height:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return [Row(tuple(sorted(line, key=lambda segment: segment.left)), *borders) for line in lines]


def _ordered(segments: Sequence[Segment], gap: float | None, borders: tuple[float, float]) -> list[Row]:
    """What spans the gap as it comes; between that what stands on the left, then what stands on the right."""
    if gap is None:
        return plain_rows(segments, borders)
    sides = [(_gap(side), _borders(side)) for side in _sides(segments, gap)]  # either may hold two columns again
    found: list[Row] = []
    ordered = sorted(segments, key=lambda segment: segment.middle)
    for spans, part in groupby(ordered, lambda segment: segment.left < gap < segment.right):
        band = list(part)
        if spans:
            found += plain_rows(band, borders)
            continue
        for column, (inner, edges) in zip(_sides(band, gap), sides, strict=True):
            found += _ordered(column, inner, edges)
    return found


def _borders(segments: Sequence[Segment]) -> tuple[float, float]:
    left = min((segment.left for segment in segments), default=0.0)
    return left, max((segment.right for segment in segments), default=left)


def _sides(segments: Sequence[Segment], gap: float) -> tuple[list[Segment], list[Segment]]:
    left = [segment for segment in segments if segment.right <= gap]
    return left, [segment for segment in segments if segment.left >= gap]


def _gap(segments: Sequence[Segment]) -> float | None:
    """The middle of the widest stretch that the fewest lines cross, if it parts two columns of text."""
    if len(segments) < 2 * MIN_LINES:
        return None
    left, right = _borders(segments)
    start, end = (int(left + share * (right - left)) for share in MIDDLE)
    crossing = [0] * max(0, end - start)
    for segment in segments:
        for place in range(max(0, int(segment.left) - start), min(len(crossing), int(segment.right) + 1 - start)):
            crossing[place] += 1
    if not crossing:
        return None
    fewest = min(crossing)
    stretches = [list(part) for free, part in groupby(range(len(crossing)), lambda place: crossing[place] == fewest) if free]
    widest = max(stretches, key=len)
    gap = start + (widest[0] + widest[-1] + 1) / 2
    wide = len(widest) >= MIN_GAP * median(segment.size for segment in segments)
    return gap if wide and _divides(segments, gap, MIN_LINES) else None


def _divides(segments: Sequence[Segment], gap: float, least: int) -> bool:
    """Are there columns of text on both sides, beside each other?"""
    crossing = len(plain_rows([segment for segment in segments if segment.left < gap < segment.right]))
    sides = [plain_rows(side) for side in _sides(segments, gap)]
    if min(map(len, sides)) < least or crossing > MAX_CROSSING * (crossing + max(map(len, sides))):
        return False
    return all(_is_column(side, other, least) for side, other in (sides, sides[::-1]))


def _is_column(side: Sequence[Row], other: Sequence[Row], least: int) -> bool:
    top, bottom = other[0].segments[0].top, other[-1].segments[0].bottom
    beside = [row for row in side if top <= row.segments[0].middle <= bottom]
    if len(beside) < least:
        return False
    width = median(row.segments[-1].right - row.segments[0].left for row in beside)
    size = median(row.segments[0].bottom - row.segments[0].top for row in beside)
    left, right = _borders([segment for row in side for segment in row.segments])
    return width >= max(MIN_WIDTH * size, MIN_FILLED * (right - left))
