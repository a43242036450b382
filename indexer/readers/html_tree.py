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
    return root


def _raise_powers(root: HtmlElement) -> None:
    for element in list(root.iter("sup")):
        text = "".join(element.itertext())
        if (changed := raised(text)) != text:
            element.tail = changed + (element.tail or "")
            element.drop_tree()
