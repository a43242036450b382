"""A Word file (.docx) -> Document: mammoth makes HTML of it, and that is read as a page's own text is."""

import re
import zipfile
import zlib
from io import BytesIO

import mammoth

from indexer.readers import stated
from indexer.readers.headings import heading
from indexer.readers.html_blocks import blocks
from indexer.readers.html_lines import Line, lines
from indexer.readers.html_tree import tree
from indexer.readers.outline import assemble, with_bare_headings
from indexer.readers.rows import clean
from indexer.readers.titles import looks_like_title
from search.document import Document
from search.errors import BadDocument

MAX_PARTS = 10_000
MAX_INFLATED = 256 * 2**20  # bytes of all parts together: a thousand pages of text are 20 MB, pictures are packed already
MAIN_PART = "word/document.xml"

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OTHERS = (("xl/", "Excel 表格（xlsx）"), ("ppt/", "幻灯片（pptx）"), ("META-INF/container.xml", "电子书（epub）"))
_DTD = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E")
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='标题'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
"""
_RETURNS = ("#footnote-ref", "#endnote-ref")  # arrows from a note back to its place


def read(data: bytes) -> Document:
    """The document of a .docx; doc_id and source are empty, the title too where none stands out. BadDocument where it is none."""
    _check(data)
    root = tree(f"<body>{clean(_html(data))}</body>")
    for link in list(root.iter("a")):
        if link.get("href", "").startswith(_RETURNS):
            link.drop_tree()
    found = list(lines(root))
    if not found:
        raise BadDocument("docx 里没有文字：若是图片，要先识别（OCR）")
    title = _title(found)
    text, sections = assemble(with_bare_headings(blocks(found[1:] if title else found, title)))
    said = stated.read(title, [line.text for line in found])
    return stated.completed(Document("", stated.without_aliases(title), text, sections=sections), said)


def _html(data: bytes) -> str:
    try:
        no_pictures = mammoth.images.img_element(lambda image: {})
        return str(mammoth.convert_to_html(BytesIO(data), style_map=_STYLES, convert_image=no_pictures).value)
    except MemoryError:
        raise
    except Exception as exc:  # whatever a broken part makes of zipfile, expat and mammoth
        raise BadDocument(f"docx 读不出来（{type(exc).__name__}）：文件损坏或不完整，请在 Word 里打开后另存") from exc


def _check(data: bytes) -> None:
    """BadDocument for what is no .docx, and for one that is made to fill the memory. zipfile inflates no more than is declared."""
    if data.startswith(_OLD_OFFICE):
        raise BadDocument("是旧版 Word 文件（doc），或有密码的 docx：请在 Word 里去掉密码，另存为 docx")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as exc:
        raise BadDocument("docx 损坏或不完整（zip 打不开）：请重新下载，或在 Word 里打开后另存") from exc


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if MAIN_PART not in names:
        other = next((what for start, what in _OTHERS if any(name.startswith(start) for name in names)), "zip 压缩包")
        raise BadDocument(f"不是 docx，而是{other}：请另存为 docx 或文本")
    inflated = sum(part.file_size for part in archive.infolist())
    if inflated > MAX_INFLATED or len(names) > MAX_PARTS:
        raise BadDocument(
            f"docx 解压后有 {inflated >> 20:,} MB、{len(names):,} 个部件，超过限度（{MAX_INFLATED >> 20} MB）：像是压缩炸弹"
        )
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")) and _DTD.search(archive.read(part)):
            raise BadDocument(f"docx 的 {part.filename[:60]} 里有 DTD（实体声明），Word 不写这个：不读")


def _title(found: list[Line]) -> str:
    """The first line, if it is styled as the title, is the only first heading, or looks like one."""
    first = found[0]
    only = first.level == 1 and sum(line.level == 1 for line in found) == 1
    if "title" in (first.element.get("class") or "") or only:
        return first.text
    plain = first.level in (0, 7) and first.element.tag == "p"
    return first.text if plain and looks_like_title(first.text) and not heading(first.text) else ""
