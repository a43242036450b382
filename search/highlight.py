"""Where the query's words stand in a text, and the snippet that shows them: offsets in the original, never markup."""

import re
from collections.abc import Callable, Collection, Sequence

from search.text.normalize import Folded
from search.text.passages import Span, sentences
from search.text.segment import Term

SNIPPET_CHARS = 120
MAX_OFFSETS = 10  # of one leg in one text: enough for a person, and a bound on the work
_BORDERS = frozenset("。！？!?；;，,、：:\n")  # folded text has no full-width marks, yet 。 and 、 stay

Offsets = tuple[tuple[int, int], ...]
Cut = Callable[[str], Sequence[Term]]


def matches(text: str, folded: Folded, terms: Collection[str], cut: Cut) -> Offsets:
    """Offsets of the words of the text whose folded spelling is one of the terms, those inside others left out.

    `folded` is the text's, made once for all kinds of words. Only stretches that hold a term at all are cut: words never
    cross punctuation, so cutting a stretch alone cuts it alike. A long text is read as far as MAX_OFFSETS matches.
    """
    if not terms:
        return ()
    likely = re.compile("|".join(map(re.escape, sorted(terms, key=len, reverse=True))))
    found: list[tuple[int, int]] = []
    position = 0
    while len(found) < MAX_OFFSETS and (match := likely.search(folded.text, position)):
        start, end = _stretch(folded.text, *match.span())
        at, to = folded.original(start, end)
        found.extend((at + term.start, at + term.end) for term in cut(text[at:to]) if term.text in terms)
        position = max(end, match.end())
    return _merged(found)[:MAX_OFFSETS]


def _stretch(text: str, start: int, end: int) -> Span:
    """The stretch between punctuation around a match."""
    while start > 0 and text[start - 1] not in _BORDERS:
        start -= 1
    while end < len(text) and text[end] not in _BORDERS:
        end += 1
    return Span(start, end)


def snippet(text: str, passage: Span | None, offsets: Sequence[tuple[int, int]], size: int = SNIPPET_CHARS) -> Span:
    """The stretch to show: in the best passage where there is one, else in the text, the sentence that holds most words."""
    start, end = passage if passage and passage.end > passage.start else (0, len(text))
    candidates = sentences(text, start, end)
    if not candidates:
        return Span(start, min(end, start + size))
    best = max(candidates, key=lambda span: (_held(span, offsets), -span.start))
    return _cut_around(best, end, offsets, size)


def _held(span: Span, offsets: Sequence[tuple[int, int]]) -> int:
    return sum(span.start <= a and b <= span.end for a, b in offsets)


def _cut_around(span: Span, limit: int, offsets: Sequence[tuple[int, int]], size: int) -> Span:
    """The span grown to the right up to `size`; a longer one is cut so that its first matched word stays."""
    if span.end - span.start <= size:
        return Span(span.start, min(limit, span.start + size))
    first = next((a for a, b in offsets if span.start <= a < span.end), span.start)
    start = max(span.start, min(first - size // 4, span.end - size))
    return Span(start, start + size)


def _merged(found: list[tuple[int, int]]) -> Offsets:
    """Sorted, without those inside others."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(found), key=lambda pair: (pair[0], -pair[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
