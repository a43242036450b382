"""Lines of a page -> headings and texts under them."""

import re
from collections.abc import Iterable, Iterator

from indexer.readers.headings import heading
from indexer.readers.html_lines import BOLD_LEVEL, Line
from indexer.readers.outline import Block

MAX_EXPLANATION = 60  # characters of an explanation that stands on its term's line

_TERM = re.compile(r"[^，。；！？,;!?…]{1,20}")
_IN_LISTS = frozenset(("li", "td", "th", "dd", "table"))


def blocks(chosen: Iterable[Line], title: str) -> Iterator[Block]:
    """Headings and texts; the title is none of them, and a term goes before its explanation."""
    term: Line | None = None
    for line in chosen:
        if term and line.element.tag == "dd" and not line.level and len(line.text) <= MAX_EXPLANATION:
            yield Block(0, f"{term.text.rstrip('：:')}：{line.text}")
            term = None
            continue
        if term:
            yield Block(BOLD_LEVEL, term.text.rstrip("：:"))
        term = line if line.element.tag == "dt" and _TERM.fullmatch(line.text) else None
        if not term:
            yield from _of_line(line, title)
    if term:
        yield Block(0, term.text)


def _of_line(line: Line, title: str) -> Iterator[Block]:
    if line.level == 1 and line.text == title:
        yield Block(1, "")
    elif line.level:
        numbered = heading(line.text)
        yield Block(line.level, numbered[0].text if numbered and not numbered[1].text else line.text.rstrip("：:"))
    elif line.element.tag not in _IN_LISTS and (found := heading(line.text, below=BOLD_LEVEL)):
        yield from found
    else:
        yield Block(0, line.text)
