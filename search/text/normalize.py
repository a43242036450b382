"""Text for comparing: NFKC, lower case, simplified characters, one spelling for degrees; with the way back to the original."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import opencc

# Characters whose folding depends on a neighbour or changes length: combining marks, ligatures, fractions, ℃ ...
_DEGREES = re.compile("°\\s?[cCｃＣ]")
_SHORT = 32  # characters; see _translated
_BEYOND_TABLE = 0x2FA20  # no character from here on folds to another
# What OpenCC leaves to phrases (藉口, 瞭解) or leaves alone though it is a variant: here each character has one simplified form.
_VARIANTS = {"藉": "借", "瞭": "了", "痺": "痹", "妳": "你", "牠": "它"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `starts[i]` is where its i-th character begins in the original, one more entry for the end.

    `starts` is None where both have the same length, character by character.
    """

    text: str
    starts: tuple[int, ...] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a stretch of the folded text."""
        if self.starts is None or start == end:
            return (start, end) if self.starts is None else (self.starts[start], self.starts[start])
        last = end
        while last < len(self.starts) - 1 and self.starts[last] == self.starts[end - 1]:
            last += 1  # the stretch ends inside one original character: take it whole
        return self.starts[start], self.starts[last]


def fold(text: str) -> str:
    """The text for comparing; the same for spellings that a reader takes for the same."""
    return fold_with_offsets(text).text


def fold_with_offsets(text: str) -> Folded:
    """As `fold`, with the way back."""
    if suspects := _suspects().places(text):
        return _fold_by_cluster(text, suspects)
    return Folded(_translated(text))


def _fold_by_cluster(text: str, suspects: list[int]) -> Folded:
    parts: list[str] = []
    starts: list[int] = []
    for start, end in _clusters(text, suspects):
        piece = _fold_cluster(text[start:end])
        parts.append(piece)
        starts.extend(range(start, end) if len(piece) == end - start else [start] * len(piece))
    return Folded("".join(parts), (*starts, len(text)))


def _clusters(text: str, suspects: list[int]) -> list[tuple[int, int]]:
    """Stretches that fold independently: each irregular one alone, everything between as one."""
    spans: list[tuple[int, int]] = []
    last = 0
    for place in suspects:  # an irregular stretch begins with one, or a character before it
        before = place - 1 if place > last else place
        match = place >= last and (_irregular().match(text, before) or _irregular().match(text, place))
        if match:
            if match.start() > last:
                spans.append((last, match.start()))
            spans.append(match.span())
            last = match.end()
    if last < len(text):
        spans.append((last, len(text)))
    return spans


def _fold_cluster(cluster: str) -> str:
    if _DEGREES.fullmatch(cluster) or cluster == "℃":
        return "℃"
    if not _irregular().match(cluster):
        return _translated(cluster)
    return simplified(_SURROGATE.sub("\ufffd", unicodedata.normalize("NFKC", cluster).casefold()))


def _translated(text: str) -> str:
    """Each character by the table; as an array, which takes 2 µs and 4 ns a character, where str.translate takes 60 ns."""
    if len(text) < _SHORT:
        return text.translate(_table())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    try:
        return _codes()[codes].tobytes().decode("utf-32-le")
    except IndexError:  # a character beyond all that have an entry
        return text.translate(_table())


def simplified(text: str) -> str:
    """Traditional to simplified, character for character: what a character becomes never depends on its neighbours."""
    return text.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Every character that has another, simplified form."""
    convert = opencc.OpenCC("t2s").convert
    chars = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, _BEYOND_TABLE))))
    found = {char: one for char in chars if (one := convert(char)) != char and len(one) == 1}
    return str.maketrans(found | _VARIANTS)


class _Class(NamedTuple):
    """Characters to search a text for; those beyond U+FFFF apart.

    One pattern of all of them takes 50 to 190 ns a character of the text, two 5: few texts hold anything beyond at all.
    """

    usual: re.Pattern[str]
    beyond: re.Pattern[str]

    @classmethod
    def of(cls, chars: str) -> "_Class":
        """The class of these characters; some are on either side of U+FFFF."""
        usual, beyond = [char for char in chars if char <= "\uffff"], [char for char in chars if char > "\uffff"]
        return cls(re.compile(f"[{_char_class(usual)}]"), re.compile(f"[{_char_class(beyond)}]"))

    def places(self, text: str) -> list[int]:
        """Where the text holds any of them."""
        found = [match.start() for match in self.usual.finditer(text)]
        if _BEYOND.search(text):
            found = sorted([*found, *(match.start() for match in self.beyond.finditer(text))])
        return found


@cache
def _table() -> dict[int, str]:
    """Every character that folds to one other character by itself."""
    table = {}
    for code in range(0x20, _BEYOND_TABLE):
        folded = simplified(unicodedata.normalize("NFKC", chr(code)).casefold())
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    table |= {code: " " for code in (*range(0x00, 0x0A), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x200B, 0xFEFF)}
    table |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # lone surrogates, which no converter takes
    return table


@cache
def _codes() -> np.ndarray:
    """`_table` for arrays of code points (uint32)."""
    codes = np.arange(_BEYOND_TABLE, dtype="<u4")
    codes[list(_table())] = [ord(char) for char in _table().values()]
    return codes


@cache
def _growing_and_marks() -> tuple[str, str]:
    """What grows or vanishes when folded, and combining marks."""
    growing, marks = [], []
    for code in range(0x20, _BEYOND_TABLE):
        char = chr(code)
        if unicodedata.combining(char):
            marks.append(char)
        elif len(unicodedata.normalize("NFKC", char).casefold()) != 1:
            growing.append(char)
    return "".join(growing), "".join(marks)


@cache
def _suspects() -> _Class:
    """Without any of these a text folds character by character."""
    return _Class.of("".join(("°℃", *_growing_and_marks())))


@cache
def _irregular() -> re.Pattern[str]:
    """Matches what `_table` cannot fold: characters that grow or vanish, and any character before a combining mark."""
    growing, marks = map(_char_class, _growing_and_marks())
    return re.compile(f"{_DEGREES.pattern}|℃|[^\\s]?[{marks}]+|[{growing}]")


def _char_class(chars: Iterable[str]) -> str:
    """Sorted characters as ranges of a regular expression's character class."""
    ranges: list[list[int]] = []
    for code in sorted(map(ord, chars)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in ranges)
