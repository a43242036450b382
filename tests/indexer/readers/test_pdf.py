import random
from collections import Counter

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from indexer.readers.pdf import read
from search.errors import BadDocument
from tests.indexer import pdf_files
from tests.indexer.pdf_files import Paper

SENTENCE = "每次测量前安静休息五分钟，取两次读数的平均值，并记录在随访手册里。"


def drawn(draw, **options):
    paper = Paper(**options)
    draw(paper)
    return paper.bytes()


def test_paragraphs_go_on_across_columns_and_pages():
    text = read(pdf_files.two_columns(3)).text
    paragraphs = [line for line in text.split("\n") if line.startswith("第")]
    assert len(paragraphs) > 60
    assert all(line.endswith("两周内复诊。") for line in paragraphs[:-1])
    assert [int(line[1 : line.index("段")]) for line in paragraphs] == list(range(1, len(paragraphs) + 1))
    assert "hyper-" not in text
    assert "社区医学杂志" not in text


def test_text_across_the_page_is_left_out_and_a_turned_page_is_read():
    def draw(paper):
        paper.text(SENTENCE * 3)
        paper.canvas.saveState()
        paper.canvas.rotate(40)
        paper.canvas.setFont(pdf_files.SONG, 50)
        paper.canvas.drawString(200, 100, "内部资料")
        paper.canvas.restoreState()
        paper.page()
        paper.canvas.setPageRotation(90)
        paper.canvas.translate(pdf_files.WIDTH, 0)
        paper.canvas.rotate(90)
        for number, line in enumerate(("横过来的表格", "也要能读")):
            paper.canvas.setFont(pdf_files.SONG, 10)
            paper.canvas.drawString(60, 300 - 15 * number, line)

    text = read(drawn(draw)).text
    assert "内部资料" not in text
    assert text.replace("\n", "").endswith("横过来的表格也要能读")


def test_bold_by_printing_twice_is_read_once():
    def draw(paper):
        for shift in (0, 0.3):
            paper.canvas.setFont(pdf_files.SONG, 12)
            paper.canvas.drawString(60 + shift, paper.y, "头痛的处理")
        paper.y -= 30
        paper.text(SENTENCE)

    assert read(drawn(draw)).text.count("头痛") + read(drawn(draw)).title.count("头痛") == 1


def test_a_file_that_is_encrypted_without_a_password_is_read():
    assert SENTENCE in read(drawn(lambda paper: paper.text(SENTENCE), encrypt=StandardEncryption("", "owner"))).text


def test_one_scanned_page_among_pages_of_text_does_not_refuse_the_file():
    def draw(paper):
        for _ in range(3):
            paper.text(SENTENCE)
            paper.page()
        paper.canvas.drawInlineImage(pdf_files.picture(), 0, 0, 500, 700)

    assert read(drawn(draw)).text.count("随访手册") == 3


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf_files.scan(), "2 页里有 2 页只是图片"),
        (pdf_files.encrypted(), "密码"),
        (pdf_files.table()[:2000], "损坏"),
        (pdf_files.loop(), "第 2 页"),
        (drawn(lambda paper: paper.canvas.line(0, 0, 9, 9)), "没有文字"),
        (b"%PDF-1.7", "损坏"),
        (b"<html>", "不是 PDF"),
        (b"", "不是 PDF"),
    ],
)
def test_what_has_no_text_or_is_broken_is_refused_with_its_reason(data, said):
    with pytest.raises(BadDocument, match=said):
        read(data)


def test_a_font_that_does_not_say_which_characters_it_draws_is_refused_as_unreadable():
    with pytest.raises(BadDocument, match="乱码"):
        read(pdf_files.nameless())


def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_reader():
    """Damage at random, printed moments of a seeded generator."""
    chance = random.Random(7)
    whole = pdf_files.table()
    ended: Counter[str] = Counter()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 5, 40))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            found = read(bytes(data))
            ended["read" if found.title or found.text.strip() else "empty"] += 1
        except BadDocument as exc:
            ended["refused" if str(exc) else "refused without a reason"] += 1
    print(dict(ended))
    assert set(ended) == {"read", "refused"}
