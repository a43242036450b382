"""Sentences and passages of a text, as offsets: what gets one vector each, and what a snippet is cut from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from search.document import Document, Section
from search.text.normalize import simplified

PASSAGE_CHARS = 200  # what e5 was trained on is not much longer
OVERLAP_CHARS = 40
# Of a document, from its beginning. On 198 judged queries over 400 pages one alone loses .07 nDCG@10, and all of them, three times the
# vectors, gain nothing beyond chance; measure again with `python -m bench.passages SET...`.
ENCODED_PASSAGES = 5

_SENTENCE_END = re.compile(r"[。！？!?…；;]+[”’』」）)\]】]*|\n+|(?<=[a-z]\w)\.\s")
_COMMA = re.compile(r"[，,、：:]")


class Span(NamedTuple):
    """A stretch of the text, in characters."""

    start: int
    end: int


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The sentences between two offsets, without the white space around them; none is empty. Read only as far as asked."""
    end = len(text) if end is None else end
    for stop in chain(map(re.Match.end, _SENTENCE_END.finditer(text, start, end)), (end,)):
        span = _strip(text, start, stop)
        if span.start < span.end:
            yield span
        start = stop


def passages(text: str, sections: Sequence[Section], size: int = PASSAGE_CHARS, overlap: int = OVERLAP_CHARS) -> list[Span]:
    """Runs of whole sentences up to `size` characters; the next repeats up to `overlap` characters of whole sentences.

    A section begins a new passage unless the one before it is shorter than half of `size`: a page's many one-line
    sections share one. A sentence longer than `size` is cut at commas, then anywhere.
    """
    spans: list[Span] = []
    for stretch in _stretches(text, sections):
        pieces = [piece for span in sentences(text, *stretch) for piece in _cut_long(text, span, size)]
        packed = _pack(pieces, size, overlap)
        if spans and packed and packed[0].end - spans[-1].start <= size and spans[-1].end - spans[-1].start < size // 2:
            packed[0] = Span(spans.pop().start, packed[0].end)
        spans.extend(packed)
    return spans


def _stretches(text: str, sections: Sequence[Section]) -> list[Span]:
    """The text cut at every section's start and end."""
    borders = {0, len(text)}
    for section in sections:
        borders |= {section.start, section.end}
    ordered = sorted(border for border in borders if 0 <= border <= len(text))
    return [Span(a, b) for a, b in pairwise(ordered)]


def _cut_long(text: str, span: Span, size: int) -> list[Span]:
    pieces = []
    start, end = span
    while end - start > size:
        commas = [match.end() for match in _COMMA.finditer(text, start + size // 2, start + size)]
        cut = commas[-1] if commas else start + size
        pieces.append(Span(start, cut))
        start = cut
    pieces.append(Span(start, end))
    return pieces


def _pack(pieces: list[Span], size: int, overlap: int) -> list[Span]:
    spans: list[Span] = []
    first = 0
    for i, piece in enumerate(pieces):
        if piece.end - pieces[first].start > size and i > first:
            spans.append(Span(pieces[first].start, pieces[i - 1].end))
            first = _first_repeated(pieces, first, i, size, overlap)
    if pieces:
        spans.append(Span(pieces[first].start, pieces[-1].end))
    return spans


def _first_repeated(pieces: list[Span], first: int, i: int, size: int, overlap: int) -> int:
    """The piece at which the passage that takes in piece i begins: as far back as overlap and size allow."""
    begin = i
    while begin - 1 > first and pieces[i - 1].end - pieces[begin - 1].start <= overlap:
        if pieces[i].end - pieces[begin - 1].start > size:
            break
        begin -= 1
    return begin


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end].lstrip()
    start = end - len(piece)
    return Span(start, start + len(piece.rstrip()))


@dataclass(frozen=True, slots=True)
class PassageRule:
    """Which passages of a document get a vector, beside its title: the first ones; all where `first` is None."""

    size: int = PASSAGE_CHARS
    overlap: int = OVERLAP_CHARS
    first: int | None = ENCODED_PASSAGES

    def __str__(self) -> str:
        kept = "all" if self.first is None else f"first {self.first}"
        return f"{kept} of {self.size}/{self.overlap}"


RULE = PassageRule()  # what indexing does
PASSAGE_RULE = f"simplified, title, {RULE}, titled"  # one of an index's models: what changes in the two below is said here


def encoded_spans(document: Document, rule: PassageRule = RULE) -> list[Span]:
    """The passages of a document that get a vector."""
    return passages(document.text, document.sections, rule.size, rule.overlap)[: rule.first]


def encoded_texts(document: Document, spans: Sequence[Span]) -> list[str]:
    """What the encoder reads: the title, then the passages, led by the title where they do not say themselves what they are about.

    In simplified characters, as queries are: the same words in both scripts lie .04 apart.
    """
    title = simplified(document.title)
    texts = (simplified(document.text[span.start : span.end]) for span in spans)
    return [title, *(text if text.startswith(title) else f"{title}\n{text}" for text in texts)]
