"""Rows that stand in columns -> the rows and cells of a table."""

from collections.abc import Sequence
from typing import NamedTuple

from indexer.readers.pdf_columns import Row

MAX_APART = 3.0  # of the height: rows of a table follow each other closer
MIN_ROWS = {2: 3}  # of two columns; of more, two rows are enough


class Table(NamedTuple):
    """Rows of equal length, and how many rows of the page they were."""

    cells: list[list[str]]
    rows: int


def table_at(rows: Sequence[Row], start: int) -> Table | None:
    """The table that begins with this row; None where none does."""
    columns = [[segment.left, segment.right] for segment in rows[start].segments]
    if len(columns) < 2:
        return None
    cells = [[segment.text for segment in rows[start].segments]]
    end = start + 1
    while end < len(rows) and _close(rows[end - 1], rows[end]) and (places := _places(rows[end], columns)) is not None:
        _add(cells, rows[end], places, len(columns))
        _widen(columns, rows[end], places)
        end += 1
    while end > start + 1 and sum(map(bool, cells[-1])) < 2 and len(rows[end - 1].segments) == 1:  # text under the table
        cells.pop()
        end -= 1
    filled = sum(sum(map(bool, row)) > 1 for row in cells)
    return Table(cells, end - start) if filled >= MIN_ROWS.get(len(columns), 2) and filled * 2 > len(cells) else None


def _close(above: Row, row: Row) -> bool:
    first, second = above.segments[0], row.segments[0]
    return (above.left, above.right) == (row.left, row.right) and 0 < second.top - first.top < MAX_APART * (
        first.bottom - first.top
    )


def _places(row: Row, columns: Sequence[Sequence[float]]) -> list[int] | None:
    """Under which column each segment stands; None where one stands under two, under none, or with another."""
    places = []
    for segment in row.segments:
        under = [place for place, (left, right) in enumerate(columns) if segment.left < right and segment.right > left]
        if len(under) != 1 or under[0] in places:
            return None
        places.append(under[0])
    return places


def _add(cells: list[list[str]], row: Row, places: Sequence[int], width: int) -> None:
    """A new row, or where the first column is empty the rest of the row above."""
    texts = [""] * width
    for segment, place in zip(row.segments, places, strict=True):
        texts[place] = segment.text
    if texts[0]:
        cells.append(texts)
    else:
        cells[-1] = [before + after for before, after in zip(cells[-1], texts, strict=True)]


def _widen(columns: list[list[float]], row: Row, places: Sequence[int]) -> None:
    for segment, place in zip(row.segments, places, strict=True):
        columns[place] = [min(columns[place][0], segment.left), max(columns[place][1], segment.right)]
