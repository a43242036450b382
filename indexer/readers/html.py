"""A web page -> Document: its own text under its own headings, without what surrounds it, and what it states of itself."""

import re
from collections.abc import Sequence
from datetime import date

from lxml.html import HtmlElement

from indexer.readers import html_facts, stated
from indexer.readers.charset import decode
from indexer.readers.html_blocks import blocks
from indexer.readers.html_content import content
from indexer.readers.html_lines import Line, lines
from indexer.readers.html_tree import tree
from indexer.readers.outline import assemble
from indexer.readers.rows import clean, read_date
from search.document import Document
from search.errors import BadDocument

MAX_BYLINE = 60  # characters
BYLINES = 4  # lines under the main heading in which a date is that of the page

_DECLARED = re.compile(
    rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([\w-]+)", re.I
)
_HEAD_BYTES = 4096  # in which a page declares its charset; the standard looks at 1024
_BETWEEN_TITLES = re.compile(r"\s*[_|｜]\s*")
_SITE_AFTER_DASH = re.compile(
    r"\s*[-–—·]\s*[^-–—·]{0,20}(?:网|在线|医院|百科|健康|频道|平台|库|网站|首页|官网|医生|问答|app)$", re.I
)
_DATE = re.compile(r"(?<!\d)\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d)")
_SENTENCE = re.compile(r"[。！？；]")


def read(data: bytes) -> Document:
    """The document of a page; doc_id and source are empty. BadDocument where it has no text of its own."""
    root = tree(clean(decode(data, declared(data))))
    _refuse_frames(root)
    shown = list(lines(root))
    byline = _byline(shown)
    chosen = [line for line in content(shown) if not byline or line.text != byline.text]
    if not chosen:
        raise BadDocument(_nothing(shown))
    title = _title(root, shown)
    text, sections = assemble(blocks(chosen, title))
    name = stated.without_aliases(title)
    document = Document("", name, text, url=html_facts.address(root), sections=sections)
    said = stated.read(title, [line.text for line in chosen])
    around = stated.read("", [line.text for line in shown if not line.card]).dates()  # 科室 there may be a doctor's
    dated = stated.Stated(published_at=_day(byline))
    return stated.completed(document, *html_facts.for_machines(root), said, around, dated, html_facts.of_place(root, shown))


def declared(data: bytes) -> str | None:
    """The charset that a page names."""
    found = _DECLARED.search(data[:_HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii") if found else None


def _refuse_frames(root: HtmlElement) -> None:
    if root.find(".//frameset") is not None:
        frames = "、".join(dict.fromkeys(filter(None, (frame.get("src") for frame in root.iter("frame")))))
        named = "".join(filter(str.isprintable, frames))[:200] or "没有写明"
        raise BadDocument(f"这是框架页（frameset），正文在它引用的页面里：{named}；请给出那些页面")


def _nothing(shown: Sequence[Line]) -> str:
    if shown:
        return "网页里只有导航、链接和声明，没有正文"
    return "网页里没有文字：内容可能要运行脚本才有，请在浏览器里打开后另存，或另存为文本"


def _title(root: HtmlElement, shown: Sequence[Line]) -> str:
    """The main heading, unless it is the site's name; else the title that the page names, without its site's."""
    named = [text for text in (root.findtext(".//title"), *root.xpath("//meta[@property='og:title']/@content")) if text]
    parts = [part for part in _BETWEEN_TITLES.split(" ".join(named[0].split()) if named else "") if part]
    first = next((line.text for line in shown if line.level == 1 and line.linked * 2 < len(line.text)), "")
    is_site = len(parts) > 1 and stated.without_aliases(first) in parts[1:]
    if first and not is_site:
        return first
    return _SITE_AFTER_DASH.sub("", parts[0]) or parts[0] if parts else ""


def _byline(shown: Sequence[Line]) -> Line | None:
    """The short line close under the main heading that holds a date, if there is just one: 张医师 / 2025-06-12."""
    heads = [number for number, line in enumerate(shown) if line.level == 1]
    below = shown[heads[0] + 1 : heads[0] + 1 + BYLINES] if heads else ()
    dated = [line for line in below if len(line.text) <= MAX_BYLINE and len(_DATE.findall(line.text)) == 1]
    return dated[0] if len(dated) == 1 and not _SENTENCE.search(dated[0].text) else None


def _day(line: Line | None) -> date | None:
    found = _DATE.search(line.text) if line else None
    return read_date(re.sub(r"\s", "", found.group())) if found else None
