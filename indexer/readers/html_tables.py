"""Table elements -> rows of cells, where they hold data; many a page is laid out by tables that hold none."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from indexer.readers.tables import looks_headed

MAX_SPAN = 50  # columns or rows that one cell may cover: more is a mistake, or meant to fill the memory
MAX_CELL = 400  # characters: a table with longer cells lays a page out

_LAYOUT = frozenset(("table", "h1", "h2", "h3", "form", "input", "iframe"))
_UNSEEN = frozenset(("script", "style", "template", "noscript"))
_APART = frozenset(("br", "p", "div", "li", "dd", "dt"))


class Rows(NamedTuple):
    """Rows of equal length; headed: the first one names the columns."""

    cells: list[list[str]]
    headed: bool


def rows_of(table: HtmlElement) -> Rows | None:
    """The rows of a table of data; None where it lays out a page."""
    if any(element.tag in _LAYOUT for element in table.iterdescendants()):
        return None
    elements = list(table.iter("tr"))
    cells = _spread(elements)
    wide = sum(len(row) > 1 for row in cells)
    if wide < 2 or wide * 2 < len(cells) or max((len(cell) for row in cells for cell in row), default=0) > MAX_CELL:
        return None
    return Rows(cells, _headed(elements[0], cells))


def _headed(first: HtmlElement, cells: list[list[str]]) -> bool:
    tags = {cell.tag for cell in first if cell.tag in ("td", "th")}
    return tags == {"th"} or first.getparent().tag == "thead" or ("th" not in tags and looks_headed(cells))


def _spread(elements: list[HtmlElement]) -> list[list[str]]:
    """The texts of cells; one that spans rows or columns stands in each of them."""
    rows: list[list[str]] = []
    above: dict[int, tuple[int, str]] = {}  # column -> how many rows more, and the text
    for element in elements:
        row: list[str] = []
        for cell in (cell for cell in element if cell.tag in ("td", "th")):
            _fill(row, above)
            text = _text(cell)
            for _ in range(_span(cell, "colspan")):
                if (more := _span(cell, "rowspan") - 1) > 0:
                    above[len(row)] = (more, text)
                row.append(text)
        _fill(row, above)
        if any(row):
            rows.append(row)
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _fill(row: list[str], above: dict[int, tuple[int, str]]) -> None:
    """The next columns that a cell of a row above covers."""
    while covered := above.pop(len(row), None):
        more, text = covered
        if more > 1:
            above[len(row)] = (more - 1, text)
        row.append(text)


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(MAX_SPAN, max(1, int(value))) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def _text(cell: HtmlElement) -> str:
    return " ".join("".join(_texts(cell)).split())


def _texts(cell: HtmlElement) -> Iterator[str]:
    for element in cell.iter():
        if element.tag in _APART:
            yield " "
        if isinstance(element.tag, str) and element.tag not in _UNSEEN:
            yield element.text or ""
        if element is not cell:
            yield element.tail or ""
