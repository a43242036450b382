"""A text cut where its marked words begin and end: markup is the template's, and a document brings none."""

from collections.abc import Iterable
from dataclasses import dataclass

Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, marked or not."""

    text: str
    marked: bool = False


def joined(offsets: Iterable[tuple[int, int]]) -> Offsets:
    """The offsets in order, those that overlap or touch made one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(offsets):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return tuple(kept)


def pieces(text: str, marks: Offsets, start: int = 0, end: int | None = None) -> tuple[Piece, ...]:
    """The text between two offsets, in order and whole; marks are in order, without overlaps, and count from the text's start."""
    end = len(text) if end is None else end
    found: list[Piece] = []
    reached = start
    for a, b in marks:
        a, b = max(a, reached), min(b, end)
        if a < b:
            found += [Piece(text[reached:a]), Piece(text[a:b], marked=True)]
            reached = b
    return tuple(piece for piece in (*found, Piece(text[reached:end])) if piece.text)
