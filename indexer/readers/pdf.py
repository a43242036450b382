"""A PDF with text -> Document: columns in order, lines joined to paragraphs, without running heads; a scan is refused.

Parse PDFs of strangers in a process of their own (`apart`): pdfium is C++.
"""

import re
from collections.abc import Sequence

from indexer.readers import stated
from indexer.readers.outline import Block, assemble, with_bare_headings
from indexer.readers.pdf_blocks import blocks
from indexer.readers.pdf_columns import Row, rows
from indexer.readers.pdf_pages import Page, pages
from indexer.readers.pdf_running import without_running
from indexer.readers.rows import clean
from indexer.readers.titles import looks_like_title
from search.document import Document
from search.errors import BadDocument

MIN_CHARACTERS = 20  # of a page: one with a picture and less text is a scan with a stamp
MAX_SCANNED = 0.5  # of the pages
MAX_UNKNOWN = 0.2  # of the characters

_UNKNOWN = re.compile(r"[\ufffd\ue000-\uf8ff]")
_JOURNAL = re.compile(r"(?:杂志|学报|期刊|通报|Journal)\s*$")


def read(data: bytes) -> Document:
    """The document of a PDF; doc_id and source are empty, the title too where none stands out. BadDocument where it has no text."""
    if b"%PDF-" not in data[:1024]:
        raise BadDocument("不是 PDF：文件开头没有 %PDF；请重新下载")
    found = list(pages(data))
    _refuse_scans(found)
    title, rest = _titled(blocks(_in_order(without_running(found))))
    text, sections = assemble(Block(block.level, clean(block.text)) for block in with_bare_headings(rest))
    said = stated.read(title, [block.text for block in rest])
    return stated.completed(Document("", stated.without_aliases(title), text, sections=sections), said)


def _in_order(found: Sequence[Page]) -> list[Row]:
    """All rows; where a page is too short to show its columns, they are where the page before has them."""
    ordered: list[Row] = []
    gap: float | None = None
    for page in found:
        more, gap = rows(page.segments, gap)
        ordered += more
    return ordered


def _refuse_scans(found: Sequence[Page]) -> None:
    texts = ["".join(segment.text for segment in page.segments) for page in found]
    scanned = sum(page.pictured and len(text) < MIN_CHARACTERS for page, text in zip(found, texts, strict=True))
    if scanned > MAX_SCANNED * len(found):
        raise BadDocument(f"PDF 是扫描件：{len(found)} 页里有 {scanned} 页只是图片，没有文字层；请先做文字识别（OCR）")
    text = "".join(texts)
    if not text:
        raise BadDocument("PDF 里没有文字（文字可能已转成曲线）：请先做文字识别（OCR）")
    if len(_UNKNOWN.findall(text)) > MAX_UNKNOWN * len(text):
        raise BadDocument("PDF 的文字读出来是乱码（字体没有 Unicode 对照）：请先做文字识别（OCR）")


def _titled(found: Sequence[Block]) -> tuple[str, list[Block]]:
    """The largest heading among the first blocks, or a first line that looks like a title; and the other blocks."""
    large = next((block for block in found if block.level == 1 and not _JOURNAL.search(block.text)), None)
    if large:
        return large.text, [Block(1, "") if block is large else block for block in found]
    first = found[0] if found else Block(0, "")
    if first.level in (0, 7) and looks_like_title(first.text):
        return first.text, list(found[1:])
    return "", list(found)
