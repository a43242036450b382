"""The text of a page -> its elements, as lxml's HTML parser reads it; XHTML too."""

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from indexer.readers.powers import raised
from search.errors import BadDocument

MAX_DEPTH = 2048  # where libxml2 stops reading

_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}\[[^\]]*\]\s*>", re.I)  # with entities of its own, which HTML does not know


def tree(text: str) -> HtmlElement:
    """The root element. BadDocument where there is none, or where the page nests so deep that its end would be lost."""
    text = _DOCTYPE.sub("", text, count=1)
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParserError:
        root = None
    except etree.XMLSyntaxError as exc:
        if exc.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from exc
        raise BadDocument(f"HTML 读不出来：{exc.msg}") from exc
    if any("depth" in entry.message for entry in parser.error_log):
        raise BadDocument(f"HTML 的标签嵌套超过 {MAX_DEPTH:,} 层，不像是一个网页：请在浏览器里打开，把正文另存为文本")
    if root is None:
        raise BadDocument("网页里没有内容")
    _raise_powers(root)
    _break_lines(root)
    return root


def _raise_powers(root: HtmlElement) -> None:
    for element in list(root.iter("sup")):
        text = "".join(element.itertext())
        if (changed := raised(text)) != text:
            element.tail = changed + (element.tail or "")
            element.drop_tree()


def _break_lines(root: HtmlElement) -> None:
    """What is preformatted keeps its lines."""
    for outer in root.iter("pre"):
        for element in list(outer.iter()):
            if element is not outer and "\n" in (element.tail or ""):
                element.tail, *after = element.tail.split("\n")
                _insert_lines(element.getparent(), element.getparent().index(element) + 1, after)
            if "\n" in (element.text or ""):
                element.text, *after = element.text.split("\n")
                _insert_lines(element, 0, after)


def _insert_lines(parent: HtmlElement, place: int, lines: list[str]) -> None:
    for number, line in enumerate(lines):
        mark = parent.makeelement("br")
        mark.tail = line
        parent.insert(place + number, mark)
