"""Pages without what runs along their edges: titles of journals, numbers of pages."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from indexer.readers.pdf_columns import Row, plain_rows
from indexer.readers.pdf_pages import Page, Segment

EDGE = 0.12  # of the height of a page, above and below
ROWS = 3  # at each edge
MIN_PAGES = 2  # that have the same row at their edge
MIN_SHARE = 0.3  # of the pages: left and right ones differ, and first ones

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[-—–·•~\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[,，/]?\s*(?:共|of|/)?\s*\d{1,4}\s*页?)?[-—–·•~\s]*", re.I)


def without_running(pages: Sequence[Page]) -> list[Page]:
    """The pages without rows at their edges that are numbers, or that other pages have too but for the digits."""
    edges = [[_edge(page, top) for top in (True, False)] for page in pages]
    counts = Counter(key for both in edges for key in {_key(row) for rows in both for row in rows})
    least = max(MIN_PAGES, MIN_SHARE * len(pages))
    return [_stripped(page, both, counts, least) for page, both in zip(pages, edges, strict=True)]


def _edge(page: Page, top: bool) -> list[Row]:
    """The rows at an edge, the outermost first."""
    band = EDGE * (page.bottom - page.top)
    near = [
        segment
        for segment in page.segments
        if (segment.middle < page.top + band if top else segment.middle > page.bottom - band)
    ]
    return plain_rows(near)[:ROWS] if top else plain_rows(near)[: -ROWS - 1 : -1]


def _key(row: Row) -> tuple[str, float]:
    """The same on many pages; a title that runs along the others is larger on its own."""
    return _DIGITS.sub("0", "".join(row.text.split())), row.segments[0].size


def _stripped(page: Page, edges: Sequence[Sequence[Row]], counts: Counter[tuple[str, float]], least: float) -> Page:
    gone: set[Segment] = set()
    for rows in edges:
        for row in rows:
            if not _NUMBER.fullmatch(row.text) and counts[_key(row)] < least:
                break  # what stands further in is text
            gone.update(row.segments)
    return replace(page, segments=tuple(segment for segment in page.segments if segment not in gone))
