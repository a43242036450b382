"""Lines of a page -> headings and texts under them."""

from collections.abc import Iterable, Iterator

from indexer.readers.headings import heading, without_number
from indexer.readers.html_lines import BOLD_LEVEL, Line
from indexer.readers.outline import Block

_IN_LISTS = frozenset(("li", "dd", "table"))


def blocks(chosen: Iterable[Line], title: str) -> Iterator[Block]:
    """Headings and texts; a heading that repeats the title is none."""
    for line in chosen:
        if line.level:
            yield Block(line.level, "" if line.text == title else without_number(line.text))
        elif line.element.tag not in _IN_LISTS and (found := heading(line.text, below=BOLD_LEVEL)):
            yield from found
        else:
            yield Block(0, line.text)
