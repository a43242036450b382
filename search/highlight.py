"""Where the query's words stand in a text, and the snippet that shows them: offsets in the original, never markup."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from search.text.normalize import Folded
from search.text.passages import Span, sentences
from search.text.segment import Term

SNIPPET_CHARS = 120
MAX_OFFSETS = 10  # of one leg in one text: enough for a person, and a bound on the work
# Of folded text, which has no full-width marks; 1,25-二羟维生素D3 is one word. A test holds it against the lexicon.
_BORDER = re.compile(r"[。！？!?；;，、：:\n]|,(?!\d)")
_BORDERS = frozenset("。！？!?；;，、：:\n,")

Offsets = tuple[tuple[int, int], ...]


class Stretches:
    """A folded text in the stretches between punctuation: no word crosses their borders, so each may be read alone."""

    def __init__(self, folded: Folded) -> None:
        self.folded = folded

    def around(self, place: int) -> Span:
        """The stretch that holds this character of the folded text, with the border that ends it."""
        text, start = self.folded.text, place
        while start and not (text[start - 1] in _BORDERS and _BORDER.match(text, start - 1)):
            start -= 1
        border = _BORDER.search(text, place)
        return Span(start, border.end() if border else len(text))

    def holding(self, likely: re.Pattern[str] | None, part: Span | None = None) -> Iterator[Span]:
        """Those in which a match begins (inside a part of the original), in order; without a pattern all."""
        text = self.folded.text
        position, end = map(self._place, part) if part else (0, len(text))
        while position < end:
            match = likely.search(text, position) if likely else None
            place = match.start() if match else end if likely else position
            if place >= end:
                return
            stretch = self.around(place)
            yield stretch
            position = stretch.end

    def _place(self, offset: int) -> int:
        """Where an offset of the original is in the folded text."""
        return offset if self.folded.starts is None else bisect_left(self.folded.starts, offset)


def matches(
    stretches: Stretches,
    likely: re.Pattern[str] | None,
    read: Callable[[Span], Iterable[Term]],
    best: Span | None,
    most: int = MAX_OFFSETS,
) -> Offsets:
    """At most so many of the terms that `read` finds in the stretches, those inside others left out; in the order of the text.

    Of more, those that begin in the best passage come first, then the rest from the start of the text. `likely` matches
    where a term begins (and elsewhere): so only stretches that may hold one are read, and no more when there are enough.
    """
    known: dict[Span, Offsets] = {}
    found: list[tuple[int, int]] = []
    for stretch in stretches.holding(likely, best) if best else ():
        known[stretch] = _outermost(read(stretch))
        found += [pair for pair in known[stretch] if _begins_in(best, pair)]
        if len(found) >= most:
            return tuple(found[:most])
    for stretch in stretches.holding(likely):
        pairs = known[stretch] if stretch in known else _outermost(read(stretch))
        found += [pair for pair in pairs if not _begins_in(best, pair)]
        if len(found) >= most:
            break
    return tuple(sorted(found[:most]))


def _begins_in(part: Span | None, pair: tuple[int, int]) -> bool:
    return part is not None and part.start <= pair[0] < part.end


def snippet(text: str, passage: Span | None, offsets: Sequence[tuple[int, int]], size: int = SNIPPET_CHARS) -> Span:
    """The stretch to show: in the best passage where there is one, else in the text, the sentence that holds most words."""
    start, end = passage if passage and passage.end > passage.start else (0, len(text))
    candidates = list(_until(max((b for _, b in offsets), default=0), sentences(text, start, end)))
    if not candidates:
        return Span(start, min(end, start + size))
    starts = [span.start for span in candidates]
    around = ((bisect_right(starts, a) - 1, b) for a, b in offsets if a >= starts[0])
    held = Counter(place for place, b in around if b <= candidates[place].end)
    best = max(held, key=lambda place: (held[place], -place), default=0)
    return _cut_around(candidates[best], end, offsets, size)


def _until(last: int, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, up to the first that reaches so far."""
    for span in spans:
        yield span
        if span.end >= last:
            return


def _cut_around(span: Span, limit: int, offsets: Sequence[tuple[int, int]], size: int) -> Span:
    """The span grown to the right up to `size`; a longer one is cut so that its first matched word stays."""
    if span.end - span.start <= size:
        return Span(span.start, min(limit, span.start + size))
    first = next((a for a, b in offsets if span.start <= a < span.end), span.start)
    start = max(span.start, min(first - size // 4, span.end - size))
    return Span(start, start + size)


def _outermost(found: Iterable[Term]) -> Offsets:
    """Where the terms stand, sorted, without those inside others."""
    spans = [(term.start, term.end) for term in found]
    if len(spans) < 2:
        return tuple(spans)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda pair: (pair[0], -pair[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
