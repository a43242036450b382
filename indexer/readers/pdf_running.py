"""Pages without what runs along their edges: titles of journals, numbers of pages."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.readers.pdf_columns import Row, plain_rows
from indexer.readers.pdf_pages import Page, Segment

EDGE = 0.12  # of the height of a page, above and below
APART = 1.25  # of the usual distance between lines: a row that stands closer to the text belongs to it
ROWS = 3  # at each edge
MIN_PAGES = 2  # that have the same row at their edge
MIN_SHARE = 0.3  # of the pages: left and right ones differ, and first ones

_ENDS = ("。", "！", "？", "；")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[-—–·•~\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[,，/]?\s*(?:共|of|/)?\s*\d{1,4}\s*页?)?[-—–·•~\s]*", re.I)


def without_running(pages: Sequence[Page]) -> list[Page]:
    """The pages without rows at their edges that are numbers, or that other pages have too but for the digits."""
    rows = [plain_rows(page.segments) for page in pages]
    steps = sorted(below - above for page in rows for above, below in pairwise(map(_middle, page)))
    step = steps[len(steps) // 4] if steps else 0.0  # few are smaller; those around heads and headings are larger
    edges = [_edges(page, found, step) for page, found in zip(pages, rows, strict=True)]
    counts = Counter(key for both in edges for key in {_key(row) for rows in both for row in rows})
    least = max(MIN_PAGES, MIN_SHARE * len(pages))
    return [_stripped(page, both, counts, least) for page, both in zip(pages, edges, strict=True)]


def _edges(page: Page, rows: Sequence[Row], step: float) -> tuple[list[Row], list[Row]]:
    """The rows at the upper and at the lower edge, the outermost first, as far as a gap parts them from the text."""
    band = EDGE * (page.bottom - page.top)
    above = [row for row in rows[:ROWS] if _middle(row) < page.top + band]
    below = [row for row in rows[: -ROWS - 1 : -1] if _middle(row) > page.bottom - band]
    return _apart(above, rows, step), _apart(below, rows[::-1], step)


def _apart(edge: list[Row], rows: Sequence[Row], step: float) -> list[Row]:
    while edge and len(rows) > len(edge) and abs(_middle(rows[len(edge)]) - _middle(edge[-1])) < APART * step:
        edge.pop()
    return edge


def _middle(row: Row) -> float:
    return row.segments[0].middle


def _key(row: Row) -> tuple[str, float]:
    """The same on many pages; a title that runs along the others is larger on its own."""
    return _DIGITS.sub("0", "".join(row.text.split())), row.segments[0].size


def _stripped(page: Page, edges: Sequence[Sequence[Row]], counts: Counter[tuple[str, float]], least: float) -> Page:
    gone: set[Segment] = set()
    for rows in edges:
        for row in rows:
            if not _NUMBER.fullmatch(row.text) and (counts[_key(row)] < least or row.text.endswith(_ENDS)):
                break  # what stands further in is text
            gone.update(row.segments)
    return replace(page, segments=tuple(segment for segment in page.segments if segment not in gone))
