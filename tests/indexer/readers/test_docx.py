import io
import struct
import zipfile

import pytest

from indexer.readers import docx
from indexer.readers.docx import read
from search.errors import BadDocument
from tests.indexer.docx_files import repacked, without_styles

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(*paragraphs):
    body = "".join(text if text.startswith("<") else f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}</w:body></w:document>'
    return repacked(without_styles(), {"word/document.xml": xml.encode()})


def styled(style, text):
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def zipped(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("paragraphs", "title"),
    [
        ([styled("Title", "头痛。须知"), "正文。"], "头痛。须知"),
        ([styled("Heading1", "头痛"), "正文。"], "头痛"),
        ([styled("Heading1", "病因"), "正文。", styled("Heading1", "治疗"), "休息。"], ""),
        (["头痛患者须知", "正文。"], "头痛患者须知"),
        (["一、病因", "正文。"], ""),
        (["头痛很常见，多数不要紧。", "正文。"], ""),
    ],
)
def test_the_title_is_what_stands_out_at_the_beginning(paragraphs, title):
    assert read(word(*paragraphs)).title == title


def test_lines_of_a_title_page_are_not_lost():
    document = read(word(styled("Title", "头痛指南"), styled("Heading1", "某某学会"), styled("Heading1", "病因"), "不明。"))
    assert document.text == "某某学会\n不明。"
    assert [section.heading for section in document.sections] == ["病因"]


def test_a_footnote_is_read_and_its_marks_are_not():
    notes = f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>见第三章。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    with zipfile.ZipFile(io.BytesIO(without_styles())) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relations = relations.replace(
        "</Relationships>", f'<Relationship Id="f" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    )
    data = word('<w:p><w:r><w:t>头痛须休息</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>。</w:t></w:r></w:p>')
    data = repacked(data, {"word/footnotes.xml": notes.encode(), "word/_rels/document.xml.rels": relations.encode()})
    assert read(data).text == "头痛须休息。\n见第三章。"


def test_a_zip_that_would_fill_the_memory_is_refused_by_what_it_declares(monkeypatch):
    monkeypatch.setattr(docx, "MAX_INFLATED", 2**20)
    data = repacked(without_styles(), {"word/media/picture.bin": bytes(2**21)})
    with pytest.raises(BadDocument, match="压缩炸弹"):
        read(data)


def test_a_zip_that_declares_less_than_it_holds_is_not_inflated_further():
    honest = repacked(without_styles(), {"word/document.xml": b"<a>" + b" " * 3_000_000 + b"</a>"})
    size = struct.pack("<L", 3_000_007)
    assert honest.count(size) >= 1
    with pytest.raises(BadDocument, match="损坏"):
        read(honest.replace(size, struct.pack("<L", 1000)))


def test_too_many_parts_are_refused(monkeypatch):
    monkeypatch.setattr(docx, "MAX_PARTS", 5)
    with pytest.raises(BadDocument, match="部件"):
        read(without_styles())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_anything_expands_them(encoding):
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈"><!ENTITY b "&a;&a;">]><w:document {W}>&b;</w:document>'
    with pytest.raises(BadDocument, match="DTD"):
        read(repacked(without_styles(), {"word/document.xml": xml.encode(encoding)}))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "损坏"),
        (without_styles()[:3000], "损坏"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "密码"),
        (zipped(xl__workbook_xml="<a/>"), "xlsx"),
        (zipped(readme_xml="<a/>"), "zip"),
        (zipped(word__document_xml="<a>"), "损坏"),
        (word("<w:tbl><w:tr><w:tc>" * 3000 + "</w:tc></w:tr></w:tbl>" * 3000), "损坏"),
        (word(""), "没有文字"),
    ],
)
def test_what_is_no_word_file_or_a_broken_one_is_refused_with_its_reason(data, said):
    with pytest.raises(BadDocument, match=said):
        read(data)
