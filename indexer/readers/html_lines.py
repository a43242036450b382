"""Elements of a page -> the lines that a reader sees, each with its heading level, its links and where it stands."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from indexer.readers.html_tables import rows_of
from indexer.readers.tables import lines as table_lines

MAX_EXPLANATION = 60  # characters of an explanation that stands on its term's line
MAX_HEADING = 30  # characters of a bold line, or one of class "title", that stands for a heading
BOLD_LEVEL = 7  # below h6; headings that are known by their words alone lie below that

_UNSEEN, _BLOCKS = (
    frozenset(names.split())
    for names in (
        "head title script style template noscript iframe object embed applet svg canvas audio video map select option datalist button"
        " textarea input rt rp",
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer"
        " form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead"
        " tr ul",
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NEVER_HEADINGS = frozenset(("li", "dd", "dt"))
_TERM = re.compile(r"[^，。；！？,;!?…]{1,20}")
_BOLD = frozenset(("b", "strong"))
_TITLES = frozenset(("title", "tit", "subtitle", "heading", "caption"))  # words in class names
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SENTENCE = re.compile(r"[，。；！？：,;!?:…]")
_WRAPPED = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")  # in the source alone
_SPACE = re.compile(r"[\s\u200b\ufeff]+")


class Line(NamedTuple):
    """A heading of a level from 1, or text (level 0). linked: how many of its characters are links.

    element: the innermost block around it; card: a link holds that whole block, and perhaps others.
    """

    level: int
    text: str
    linked: int
    element: HtmlElement
    card: bool = False


class _Piece(NamedTuple):
    text: str
    linked: bool
    bold: bool


def lines(root: HtmlElement) -> Iterator[Line]:
    """All lines of a page in their order. Iterative: pages nest deeper than Python calls."""
    return _with_terms(_Walk(root).lines())


def _with_terms(found: Iterable[Line]) -> Iterator[Line]:
    """A short term and its short explanation (dt and dd) as one line; a longer one stands under its term."""
    term: Line | None = None
    for line in found:
        if term and line.element.tag == "dd" and not line.level and len(line.text) <= MAX_EXPLANATION:
            yield line._replace(text=f"{term.text.rstrip('：:')}：{line.text}")
            term = None
            continue
        if term:
            yield term._replace(level=BOLD_LEVEL)
        term = line if line.element.tag == "dt" and not line.level and _TERM.fullmatch(line.text) else None
        if not term:
            yield line
    if term:
        yield term


class _Walk:
    """One pass over the elements: inline text is gathered until a block begins or ends."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._events = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        self._blocks = [root]
        self._pieces: list[_Piece] = []
        self._links = self._bolds = 0
        self._card: HtmlElement | None = None  # the link that holds blocks

    def lines(self) -> Iterator[Line]:
        for event, element in self._events:
            if event == "start":
                yield from self._start(element)
            else:
                if event == "end":
                    yield from self._end(element)
                if element is not self._root:
                    self._add(element.tail)
        yield from self._flush()

    def _start(self, element: HtmlElement) -> Iterator[Line]:
        tag = element.tag
        if tag in _UNSEEN:
            self._events.skip_subtree()
            return
        if tag in _BLOCKS or tag == "br":
            yield from self._flush()
        if tag == "table" and (rows := rows_of(element)) is not None:
            linked = sum(len("".join(link.itertext())) for link in element.iter("a"))
            share = linked / max(1, sum(len(cell) for row in rows.cells for cell in row))
            for text in table_lines(rows.cells, rows.headed):
                yield Line(0, text, round(share * len(text)), element, self._card is not None)
            self._events.skip_subtree()
            return
        self._enter(element)
        self._add(element.text)

    def _enter(self, element: HtmlElement) -> None:
        if element.tag in _BLOCKS:
            self._blocks.append(element)
            if self._links and self._card is None:
                self._card = next(filter(_is_link, element.iterancestors("a")))
        elif _is_link(element):
            if self._pieces and self._pieces[-1].linked:
                self._pieces.append(_Piece(" ", True, True))  # links side by side are words side by side
            self._links += 1
        elif _is_bare_span(element) and _is_bare_span(element.getprevious()) and not element.getprevious().tail:
            self._add(" ")  # so are spans that are there for no style of their own
        elif element.tag in _BOLD:
            self._bolds += 1

    def _end(self, element: HtmlElement) -> Iterator[Line]:
        tag = element.tag
        if tag in _BLOCKS and self._blocks[-1] is element:
            yield from self._flush()
            self._blocks.pop()
        elif _is_link(element):
            if self._card is element:
                yield from self._flush()
                self._card = None
            self._links -= 1
        elif tag in _BOLD:
            self._bolds -= 1

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append(_Piece(_WRAPPED.sub("", text), self._links > 0, self._bolds > 0))

    def _flush(self) -> Iterator[Line]:
        pieces, self._pieces = self._pieces, []
        if text := _spaced("".join(piece.text for piece in pieces)):
            block = self._blocks[-1]
            linked = 0 if self._card is not None else sum(len(_spaced(piece.text)) for piece in pieces if piece.linked)
            yield Line(_level(block, text, pieces), text, linked, block, self._card is not None)


def _is_link(element: HtmlElement) -> bool:
    """Does it lead anywhere? The anchor of a heading, by which others lead here, does not."""
    address = element.get("href") if element.tag == "a" else None
    return bool(address) and not (str(address).startswith("#") and element.getparent().tag in _HEADINGS)


def _is_bare_span(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "span" and not element.attrib


def names_of(element: HtmlElement) -> set[str]:
    """The words in an element's classes and id, in small letters: sideBar-left is side, bar and left."""
    return {name.lower() for name in _NAME.findall(f"{element.get('class', '')} {element.get('id', '')}")}


def _level(block: HtmlElement, text: str, pieces: list[_Piece]) -> int:
    """Of h1 to h6 their own; a short line that is all bold, or whose element is called a title, stands for a heading."""
    parent = block.getparent()
    for element in (block,) if parent is None else (block, parent):
        if level := _HEADINGS.get(element.tag):
            return level
        if element.tag in _NEVER_HEADINGS:
            return 0
    if len(text) > MAX_HEADING:
        return 0
    if all(piece.bold or not piece.text.strip() for piece in pieces):
        return BOLD_LEVEL
    return BOLD_LEVEL if not _TITLES.isdisjoint(names_of(block)) and not _SENTENCE.search(text) else 0


def _spaced(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
