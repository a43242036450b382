"""A document as it is read: headed parts, paragraphs, sentences with the offsets that anchors are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from search.document import Section
from search.text.passages import Span, sentences
from web.answers.pieces import Offsets, Piece, pieces


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and where it begins in the text."""

    start: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A headed stretch of a document; the heading is empty for what stands before the first one."""

    heading: str
    start: int
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: under which heading, in which paragraph (from 1), in the sentence that begins at this offset."""

    heading: str
    paragraph: int
    sentence: int


def parts(text: str, sections: Sequence[Section], marks: Offsets = ()) -> tuple[Part, ...]:
    """The whole text in order, a part a section; what stands between two sections belongs to the first."""
    return tuple(
        Part(heading, stretch.start, tuple(_sentences(text, line, marks) for line in _lines(text, stretch)))
        for heading, stretch in _stretches(text, sections)
        if heading or text[stretch.start : stretch.end].strip()
    )


def place(text: str, sections: Sequence[Section], offset: int) -> Place:
    """Where an offset of the text is, with the anchor of its sentence as `parts` has it."""
    found = [pair for pair in _stretches(text, sections) if pair[1].start <= offset] or _stretches(text, sections)
    heading, stretch = found[-1]
    lines = [line for line in _lines(text, stretch) if line.start <= offset]
    starts = [span.start for span in sentences(text, *lines[-1]) if span.start <= offset] if lines else []
    return Place(heading, max(1, len(lines)), starts[-1] if starts else stretch.start)


def _stretches(text: str, sections: Sequence[Section]) -> list[tuple[str, Span]]:
    """The text cut where sections begin."""
    ordered = sorted(sections, key=lambda section: section.start)
    heads = [("", 0), *((section.heading, min(max(0, section.start), len(text))) for section in ordered), ("", len(text))]
    return [(heading, Span(start, end)) for (heading, start), (_, end) in pairwise(heads)]


def _lines(text: str, stretch: Span) -> Iterator[Span]:
    """The lines of a stretch that hold anything: a paragraph each."""
    start = stretch.start
    while start < stretch.end:
        found = text.find("\n", start, stretch.end)
        end = stretch.end if found < 0 else found
        if text[start:end].strip():
            lead = len(text[start:end]) - len(text[start:end].lstrip())
            yield Span(start + lead, end)
        start = end + 1


def _sentences(text: str, line: Span, marks: Offsets) -> tuple[Sentence, ...]:
    """The sentences of a line, each with the white space after it."""
    starts = [*(span.start for span in sentences(text, *line)), line.end]
    return tuple(Sentence(start, pieces(text, marks, start, end)) for start, end in pairwise(starts))
