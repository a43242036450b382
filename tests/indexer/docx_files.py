"""Word files for tests: `python -m tests.indexer.docx_files` writes those that lie in tests/indexer/data."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

DATA = Path(__file__).parent / "data"
PACKED_AT = (2025, 6, 1, 0, 0, 0)  # the time in the zip: equal documents are equal files


def headings_and_table() -> bytes:
    """Styled headings of two levels, a list, a power and a table with a merged cell."""
    word = Document()
    word.add_heading("铁缺乏与缺铁性贫血患者须知", 0)
    word.add_paragraph("别名：营养性缺铁性贫血")
    word.add_paragraph("就诊科室：血液内科、营养科")
    word.add_paragraph("发布日期：2025年5月20日")
    word.add_heading("一、什么是缺铁性贫血", 1)
    paragraph = word.add_paragraph("体内铁不够用，血红蛋白合成减少。红细胞计数常低于 4.0×10")
    paragraph.add_run("12").font.superscript = True
    paragraph.add_run("/L，")
    paragraph.add_run("月经量多").bold = True
    paragraph.add_run("是常见原因。")
    word.add_heading("常见表现", 2)
    for line in ("乏力、头晕、面色苍白", "活动后心慌气短"):
        word.add_paragraph(line, style="List Bullet")
    word.add_heading("二、补铁", 1)
    _table(
        word,
        (("药名", "怎么吃", "要注意"), ("硫酸亚铁", "饭后，每日一次", "大便变黑属正常"), ("多糖铁复合物", "", "不与茶同服")),
    )
    paragraph = word.add_paragraph()
    paragraph.add_run("（一）复查").bold = True
    word.add_paragraph("服药四周后复查血常规，血红蛋白正常后再服三个月左右。")
    return _bytes(word)


def _table(word: Word, rows: tuple[tuple[str, ...], ...]) -> None:
    table = word.add_table(rows=len(rows), cols=len(rows[0]))
    for number, row in enumerate(rows):
        for cell, text in zip(table.rows[number].cells, row, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))


def without_styles() -> bytes:
    """What most people write: a bold centred title, bold lines and numbers for headings; and inserted and deleted words."""
    word = Document()
    paragraph = word.add_paragraph()
    paragraph.alignment = 1
    paragraph.add_run("鼻出血的家庭处理").bold = True
    word.add_paragraph("多数鼻出血来自鼻中隔前部，压住鼻翼就能止住。")
    word.add_paragraph("一、正确做法")
    word.add_paragraph("坐直，头稍前倾，用拇指和食指捏住鼻翼十到十五分钟，用嘴呼吸。")
    word.add_paragraph("二、不要做的事")
    _append(
        word,
        "<w:p {ns}><w:r><w:t>不要仰头，</w:t></w:r>"
        '<w:ins w:id="1" w:author="甲"><w:r><w:t>血会流进咽喉；</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="甲"><w:r><w:delText>这几个字已删去；</w:delText></w:r></w:del>'
        "<w:r><w:t>也不要用纸巾硬塞。</w:t></w:r></w:p>",
    )
    _append(
        word,
        "<w:sdt {ns}><w:sdtContent><w:p><w:r><w:t>压了二十分钟仍不止，应去耳鼻喉科。</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    return _bytes(word)


def _append(word: Word, xml: str) -> None:
    word.element.body.insert(len(word.element.body) - 1, parse_xml(xml.format(ns=nsdecls("w"))))


def _bytes(word: Word) -> bytes:
    word.core_properties.created = word.core_properties.modified = datetime(2025, 6, 1, tzinfo=UTC)
    stream = io.BytesIO()
    word.save(stream)
    return repacked(stream.getvalue(), {})


def repacked(data: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The same parts in a new zip, some with other contents; the preview picture is left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            if not name.startswith("docProps/thumbnail"):
                new.writestr(zipfile.ZipInfo(name, PACKED_AT), changed.get(name, old.read(name)), zipfile.ZIP_DEFLATED)
        for name in changed.keys() - set(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, PACKED_AT), changed[name], zipfile.ZIP_DEFLATED)
    return stream.getvalue()


FILES = {
    "headings-and-table.docx": headings_and_table,
    "without-styles.docx": without_styles,
    "cut-short.docx": lambda: without_styles()[:3000],
}

if __name__ == "__main__":
    for name, make in FILES.items():
        (DATA / name).write_bytes(make())
