"""PDF bytes -> pages of segments: stretches of text on one line, with their place and size. The only use of pdfium."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from indexer.readers.powers import raised
from search.errors import BadDocument

WORD_GAP = 0.9  # of the height: a wider gap ends a segment (justified Chinese has up to 0.3, columns stand 1.5 apart)
SAME_LINE = 0.5  # of the height: characters whose middles differ by less stand on one line
RAISED_HEIGHT, RAISED_BY = 0.8, 0.2  # of a line's height: how small, and how far above its foot, a power stands
HEAVY = 600  # the weight from which a font is bold

_HEAVY_NAMES = ("bold", "black", "heavy", "hei", "黑")
_LINE_HYPHEN = 0x02  # pdfium's sign for a hyphen at the end of a line
_REASONS = {
    raw.FPDF_ERR_PASSWORD: "PDF 有密码：请去掉密码后再给出",
    raw.FPDF_ERR_SECURITY: "PDF 用了不支持的加密方法：请去掉加密后再给出",
}
_BROKEN = "PDF 损坏或不完整：请重新下载，或用浏览器打开后“打印成 PDF”"


@dataclass(frozen=True, slots=True)
class Segment:
    """Text on one line without a wide gap. Points from the left and downwards; size: of the font; bold: or a 黑体."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float = 0.0
    bold: bool = False

    @property
    def middle(self) -> float:
        """Of the height."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """Segments in the order of the file, between top and bottom of the page; pictured: holds a picture."""

    top: float
    bottom: float
    segments: tuple[Segment, ...]
    pictured: bool = False


def pages(data: bytes) -> Iterator[Page]:
    """The pages in their order. BadDocument where the file, or any of its pages, cannot be opened."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        raise BadDocument(_REASONS.get(exc.err_code, _BROKEN)) from exc
    with document:
        for number in range(len(document)):
            try:
                yield _page(document[number])
            except pypdfium2.PdfiumError as exc:
                raise BadDocument(f"第 {number + 1} 页读不出来。{_BROKEN}") from exc


def _page(page: pypdfium2.PdfPage) -> Page:
    """What stands askew to most of the text is a watermark or a note in the margin, and is left out."""
    pictured = any(True for _ in page.get_objects((raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
    textpage = page.get_textpage()
    glyphs = list(_glyphs(textpage.raw, textpage.count_chars()))
    turns = Counter(glyph.turn for glyph in glyphs)
    turn = max(turns, key=lambda turn: turns[turn], default=0)
    segments = tuple(_segments(textpage.raw, (glyph for glyph in glyphs if glyph.turn == turn)))
    edges = _turned(turn, *page.get_bbox())
    textpage.close()
    page.close()
    return Page(edges[1], edges[3], segments, pictured)


class _Glyph(NamedTuple):
    """A visible character; turn: quarters of a circle, against the clock; after_space: white space stands before it."""

    place: int
    text: str
    turn: int
    left: float
    top: float
    right: float
    bottom: float
    after_space: bool


def _glyphs(textpage: raw.FPDF_TEXTPAGE, count: int) -> Iterator[_Glyph]:
    box = raw.FS_RECTF()
    spaced = False
    for place in range(count):
        text = _character(textpage, place)
        if text.isspace() or not text.isprintable():
            spaced = spaced or text.isspace()
            continue
        quarters = raw.FPDFText_GetCharAngle(textpage, place) / (math.pi / 2)  # clockwise
        if abs(quarters - round(quarters)) < 0.05 and raw.FPDFText_GetLooseCharBox(textpage, place, box):
            turn = -round(quarters) % 4
            yield _Glyph(place, text, turn, *_turned(turn, box.left, box.bottom, box.right, box.top), spaced)
        spaced = False


def _character(textpage: raw.FPDF_TEXTPAGE, place: int) -> str:
    """U+FFFD where the font does not say which one it is."""
    code = raw.FPDFText_GetUnicode(textpage, place)
    if code == _LINE_HYPHEN and raw.FPDFText_IsHyphen(textpage, place):
        return "-"
    if raw.FPDFText_HasUnicodeMapError(textpage, place) == 1 or not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


def _turned(turn: int, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom as seen upright, downwards being positive."""
    return (
        (left, -top, right, -bottom),
        (bottom, left, top, right),
        (-right, bottom, -left, top),
        (-top, -right, -bottom, -left),
    )[turn]


def _segments(textpage: raw.FPDF_TEXTPAGE, glyphs: Iterator[_Glyph]) -> Iterator[Segment]:
    run: list[_Glyph] = []
    for glyph in glyphs:
        if run and _printed_twice(run[-1], glyph):
            continue
        if run and not _follows(run[-1], glyph):
            yield _segment(textpage, run)
            run = []
        run.append(glyph)
    if run:
        yield _segment(textpage, run)


def _printed_twice(before: _Glyph, glyph: _Glyph) -> bool:
    """Some programs make a bold character of two on top of each other."""
    height = glyph.bottom - glyph.top
    near = abs(glyph.left - before.left) < 0.2 * height and abs(glyph.top - before.top) < 0.2 * height
    return glyph.text == before.text and near and glyph.right - glyph.left > 0.4 * height


def _follows(before: _Glyph, glyph: _Glyph) -> bool:
    """Does the character go on with the line, or with a ligature, whose letters share one place?"""
    if (glyph.left, glyph.top) == (before.left, before.top):
        return True
    height = max(glyph.bottom - glyph.top, before.bottom - before.top)
    level = abs(glyph.top + glyph.bottom - before.top - before.bottom) / 2 < SAME_LINE * height
    return level and -0.5 * height < glyph.left - before.right < WORD_GAP * height


def _segment(textpage: raw.FPDF_TEXTPAGE, run: list[_Glyph]) -> Segment:
    text = "".join(_texts(run)).strip()
    first = run[0]
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, first.place, matrix)
    size = raw.FPDFText_GetFontSize(textpage, first.place) * (math.hypot(matrix.c, matrix.d) or 1.0)
    return Segment(
        text,
        first.left,
        min(glyph.top for glyph in run),
        run[-1].right,
        max(glyph.bottom for glyph in run),
        round(size, 1),
        _is_bold(textpage, first.place),
    )


def _texts(run: list[_Glyph]) -> Iterator[str]:
    tallest = max(run, key=lambda glyph: glyph.bottom - glyph.top)
    height = tallest.bottom - tallest.top

    def is_raised(glyph: _Glyph) -> bool:
        return glyph.bottom - glyph.top < RAISED_HEIGHT * height and tallest.bottom - glyph.bottom > RAISED_BY * height

    for above, part in groupby(run, is_raised):
        text = "".join(f" {glyph.text}" if glyph.after_space else glyph.text for glyph in part)
        yield raised(text) if above else text


def _is_bold(textpage: raw.FPDF_TEXTPAGE, place: int) -> bool:
    if raw.FPDFText_GetFontWeight(textpage, place) >= HEAVY:
        return True
    name = (raw.c_char * 128)()
    raw.FPDFText_GetFontInfo(textpage, place, name, 128, None)
    lowered = name.value.decode("utf-8", "replace").lower()
    return any(part in lowered for part in _HEAVY_NAMES)
