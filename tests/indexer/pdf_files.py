"""PDFs for tests, drawn line by line: `python -m tests.indexer.pdf_files` writes those that lie in tests/indexer/data."""

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

DATA = Path(__file__).parent / "data"
SONG = "STSong-Light"  # a font that readers have: nothing is embedded, so the files are small
WIDTH, HEIGHT = A4
MARGIN, GUTTER, LEADING = 60, 24, 15
NOT_FIRST = "，。；：、！？）”%"

pdfmetrics.registerFont(UnicodeCIDFont(SONG))


class Paper:
    """A PDF that is drawn from top to bottom; its bytes at the end."""

    def __init__(self, **options: object) -> None:
        self.stream = io.BytesIO()
        self.canvas = Canvas(self.stream, pagesize=A4, invariant=1, **options)
        self.y = HEIGHT - 80
        self.left, self.width = MARGIN, WIDTH - 2 * MARGIN

    def text(self, text: str, size: float = 10, font: str = SONG, indent: float = 2) -> None:
        """A paragraph, its first line indented by so many characters."""
        for number, line in enumerate(wrapped(text, self.width, size, font, indent)):
            self.line(line, size, font, self.left + (indent * size if not number else 0))

    def line(self, line: str, size: float = 10, font: str = SONG, x: float | None = None) -> None:
        """A line where the last one left off."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(self.left if x is None else x, self.y, line)
        self.y -= LEADING * max(1.0, size / 10)

    def centred(self, line: str, size: float) -> None:
        """A line in the middle of the page."""
        self.canvas.setFont(SONG, size)
        self.canvas.drawCentredString(WIDTH / 2, self.y, line)
        self.y -= 1.8 * size

    def running(self, head: str, number: int) -> None:
        """The head of a page, with its number in the outer corner, and its foot."""
        self.canvas.setFont(SONG, 9)
        self.canvas.drawString(MARGIN, HEIGHT - 45, head)
        self.canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 45, f"· {number} ·")
        self.canvas.drawCentredString(WIDTH / 2, 40, f"第 {number} 页")

    def page(self) -> None:
        """Go on to the next page."""
        self.canvas.showPage()
        self.y = HEIGHT - 80

    def bytes(self) -> bytes:
        """The file."""
        self.canvas.save()
        return self.stream.getvalue()


def wrapped(text: str, width: float, size: float, font: str = SONG, indent: float = 0) -> Iterator[str]:
    """Lines of at most this width; a mark that may not begin a line hangs over. A | is where a Latin word may be divided."""
    line, used = "", indent * size
    for character in text:
        if character == "|":
            if used > width - 3 * size:
                yield line + "-"
                line, used = "", 0.0
            continue
        step = pdfmetrics.stringWidth(character, font, size)
        if used + step > width and character not in NOT_FIRST:
            yield line
            line, used = "", 0.0
        line, used = line + character, used + step
    if line:
        yield line


def two_columns(pages: int = 2) -> bytes:
    """A paper in two columns under a title and an abstract that span them, with running heads and a divided word.

    Paragraphs go on in the next column and on the next page. The file holds line after line across both columns: what
    belongs together must be told from where it stands.
    """
    paper = Paper()
    lines = _paper_lines((WIDTH - 2 * MARGIN - GUTTER) / 2)
    for page in range(1, pages + 1):
        paper.running("社区医学杂志 2025年3月第12卷第3期", 100 + page)
        if page == 1:
            paper.centred("规律随访对社区高血压患者血压控制的作用", 18)
            paper.text("【摘要】目的 观察规律随访的作用。方法 两个社区的患者按是否规律随访分为两组，一年后比较血压。", indent=0)
            paper.text("【关键词】高血压；随访；社区", indent=0)
            paper.y -= 10
        top, placed = paper.y, []
        for column in range(2):
            paper.y = top
            left = MARGIN + column * ((WIDTH - 2 * MARGIN + GUTTER) / 2)
            while paper.y > 70:
                line, size, indent = next(lines)
                placed.append((paper.y, left + indent, line, size))
                paper.y -= LEADING * size / 10
        for paper.y, x, line, size in sorted(placed, key=lambda each: (-each[0], each[1])):
            paper.line(line, size, x=x)
        paper.page()
    return paper.bytes()


def _paper_lines(width: float) -> Iterator[tuple[str, float, float]]:
    """Lines of a column of this width without end, with their size and how far in they begin."""
    headings = ("一、对象与方法", "二、结果", "三、讨论")
    for number in count():
        if number % 6 == 0:
            yield headings[number // 6 % 3], 12, 0
        body = (
            f"第{number + 1}段：每次测量前安静休息五分钟，取两次读数的平均值。随访内容包括 hyper|tension 知识、限盐、"
            "规律服药和家庭自测；收缩压≥140 mmHg 者两周内复诊。"
        )
        for line_number, line in enumerate(wrapped(body, width, 10, indent=2)):
            yield line, 10, 0 if line_number else 20


def table() -> bytes:
    """One column over two pages: headings, a table whose last cells take two lines, a power and a list."""
    paper = Paper()
    for page in (1, 2):
        paper.running("某市疾病预防控制中心编印", page)
        if page == 1:
            paper.centred("常用退热药使用须知", 20)
            paper.text("发布日期：2025年6月1日", indent=0)
            paper.line("一、什么时候用", 13)
            paper.text("体温超过38.5℃，或因发热明显不适时使用。白细胞高于10", indent=2)
            paper.y += LEADING
            x = paper.left + pdfmetrics.stringWidth("　　体温超过38.5℃，或因发热明显不适时使用。白细胞高于10", SONG, 10)
            paper.canvas.setFont(SONG, 6)
            paper.canvas.drawString(x, paper.y + 5, "10")
            paper.canvas.setFont(SONG, 10)
            paper.canvas.drawString(x + 6, paper.y, "/L 时先查明原因。")
            paper.y -= LEADING
            paper.line("二、怎么用", 13)
            _table(paper)
        else:
            paper.line("三、注意", 13)
            for text in ("（1）两种药不要同时吃；", "（2）不足两月的婴儿发热应立即就医；", "（3）用药三天不退热要看医生。"):
                paper.text(text, indent=2)
        paper.page()
    return paper.bytes()


def _table(paper: Paper) -> None:
    rows = (
        ("药名", "间隔", "不宜使用的人"),
        ("对乙酰氨基酚", "至少4小时", "严重肝病患者"),
        ("布洛芬", "至少6小时", "消化道溃疡、肾功能不全者，"),
        ("", "", "以及不足六个月的婴儿"),
        ("阿司匹林", "不作首选", "儿童和青少年"),
    )
    for row in rows:
        paper.canvas.setFont(SONG, 10)
        for x, cell in zip((60, 190, 300), row, strict=True):
            paper.canvas.drawString(x, paper.y, cell)
        paper.y -= LEADING
    paper.y -= 10


def scan() -> bytes:
    """Two pages that are pictures."""
    paper = Paper()
    for _ in range(2):
        paper.canvas.drawInlineImage(picture(), 0, 0, WIDTH, HEIGHT)
        paper.page()
    return paper.bytes()


def picture() -> Image.Image:
    """A grey page."""
    return Image.new("L", (40, 56), 200)


def encrypted() -> bytes:
    """A page that opens with a password."""
    paper = Paper(encrypt=StandardEncryption("secret", canPrint=0))
    paper.text("没有密码就读不到这一句。")
    return paper.bytes()


def loop() -> bytes:
    """A page tree that contains itself."""
    return written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 9/Kids[2 0 R 3 0 R]/Parent 2 0 R>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 3 0 R>>",
    )


def nameless() -> bytes:
    """Text in a font whose characters are drawings without names."""
    shown = b"BT /F 10 Tf 50 700 Td " + b"<010203> Tj " * 20 + b"ET"
    return written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 1/LastChar 3"
        b"/Widths[1000 1000 1000]/CharProcs<</g1 6 0 R/g2 6 0 R/g3 6 0 R>>/Encoding<</Differences[1/g1/g2/g3]>>>>",
        b"<</Length 26>>stream\n1000 0 d0 0 0 800 800 re f\nendstream",
    )


def written(*objects: bytes) -> bytes:
    """Objects numbered from 1, the first of them the root."""
    body = b"".join(b"%d 0 obj%b endobj\n" % numbered for numbered in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


FILES = {
    "two-columns.pdf": two_columns,
    "table.pdf": table,
    "scan.pdf": scan,
    "encrypted.pdf": encrypted,
    "page-loop.pdf": loop,
    "cut-short.pdf": lambda: table()[:2000],
}

if __name__ == "__main__":
    for name, make in FILES.items():
        (DATA / name).write_bytes(make())
