"""Pages of segments for tests: texts at places, as pdfium would give them."""

from indexer.readers.pdf_pages import Page, Segment

SIZE = 10.0


def segment(text, left, top, size=SIZE, bold=False):
    """Chinese text: every character is as wide as it is high."""
    return Segment(text, left, top, left + size * len(text), top + size, size, bold)


def page(*segments, pictured=False):
    return Page(0.0, 800.0, tuple(segments), pictured)


def lines(*texts, left=50.0, top=100.0, step=15.0):
    return [segment(text, left, top + number * step) for number, text in enumerate(texts)]
