"""Tables -> lines that can be read by themselves: 药名：布洛芬；用法：饭后口服."""

from collections.abc import Iterable, Iterator, Sequence

Row = Sequence[str]

BETWEEN = "；"  # between the cells of a row


def lines(rows: Iterable[Row], headed: bool) -> Iterator[str]:
    """A line a row that says anything; `headed`: the first row names the columns.

    Without names a row of two is a name and its value, a longer one is a list.
    """
    table = [[" ".join(cell.split()) for cell in row] for row in rows]
    names = table.pop(0) if headed and len(table) > 1 else []
    for row in table:
        if line := _named(row, names) if names else _bare(row):
            yield line


def looks_headed(rows: Sequence[Row]) -> bool:
    """Does the first row of three or more columns name them? Short, all different, and no figures as the rows below have."""
    if len(rows) < 2 or len(rows[0]) < 3 or len(set(rows[0])) < len(rows[0]):
        return False
    return all(0 < len(cell.strip()) <= 15 and not cell.strip()[:1].isdigit() for cell in rows[0])


def _named(row: Row, names: Row) -> str:
    """Each cell after its column's name; one text over the whole row stands alone."""
    filled = list(dict.fromkeys(filter(None, row)))
    if len(filled) == 1 and len(row) > 1 and len(set(row)) == 1:
        return filled[0]
    pairs = (f"{names[i]}：{cell}" if i < len(names) and names[i] else cell for i, cell in enumerate(row) if cell)
    return BETWEEN.join(pairs)


def _bare(row: Row) -> str:
    filled = list(filter(None, row))
    if len(filled) == 2 and len(row) == 2:
        return f"{filled[0].rstrip('：:')}：{filled[1]}"
    return BETWEEN.join(dict.fromkeys(filled))
