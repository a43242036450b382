"""Where the words of a query stand in one document: the offsets that reasons show.

What is promised of a leg's offsets: they are terms of the query's in that field, as `Segmenter.cut` (words), `Concepts.terms` (concepts:
synonyms, and complaints in pieces, over the whole stretch) and `bigram_terms` read the whole text or title; of these, the ones
that `highlight.matches` says. How little of the text is read for it changes nothing.
"""

import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from search.document import Document, Version
from search.highlight import MAX_OFFSETS, Offsets, Stretches, matches
from search.legs import Asked
from search.text.analyzer import Analyzer
from search.text.normalize import fold_with_offsets
from search.text.passages import Span
from search.text.segment import Term, bigrams_in_part

IN_TITLE = frozenset({"title", "title_concepts"})  # fields whose offsets are the title's
WHOLE = frozenset({"doc_vector", "title_vector", "aliases", "names"})  # compared as a whole: there is nothing to point at
MAX_SHAPES = (
    300  # in one pattern: more take longer to compile (10 µs each) than they spare; so long a query is found everywhere
)


class Reading:
    """One text and its stretches; each is cut once, for words and concepts together."""

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        self.stretches = Stretches(fold_with_offsets(text))
        self._text = text
        self._analyzer = analyzer
        self._cuts: dict[Span, list[Term]] = {}

    def words(self, stretch: Span) -> list[Term]:
        """The words of a stretch."""
        if stretch not in self._cuts:
            self._cuts[stretch] = self._analyzer.segmenter.cut_part(self.stretches.folded, *stretch)
        return self._cuts[stretch]

    def concepts(self, stretch: Span, traces: Set[str]) -> list[Term]:
        """The concepts of a stretch; none where no word of it is a trace of those that are sought."""
        cut = self.words(stretch)
        if traces.isdisjoint([term.text for term in cut]):
            return []
        return self._analyzer.concepts.read(self._text, cut)


@dataclass(frozen=True, slots=True)
class Look:
    """One kind of terms: what is sought, a pattern that matches where one begins, and how a stretch is read."""

    terms: frozenset[str]
    likely: re.Pattern[str] | None
    read: Callable[[Reading, Span], Sequence[Term]]

    def offsets(self, reading: Reading, best: Span | None, most: int) -> Offsets:
        """The terms in a text."""
        if not self.terms:
            return ()
        return matches(reading.stretches, self.likely, lambda stretch: self._wanted(self.read(reading, stretch)), best, most)

    def _wanted(self, found: Sequence[Term]) -> list[Term]:
        return [term for term in found if term.text in self.terms]


class Sought:
    """What a query seeks; its patterns are made once, for all hits."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def look(self, field: str) -> Look:
        """How to look for the query in a field of words."""
        if field.endswith("_concepts"):
            return self._concepts
        return self._bigrams if field == "bigrams" else self._words

    @cached_property
    def _words(self) -> Look:
        return Look(frozenset(self.asked.words), _any_of(map(re.escape, self.asked.words)), Reading.words)

    @cached_property
    def _concepts(self) -> Look:
        wanted, concepts = frozenset(self.asked.concepts), self.asked.analyzer.concepts
        traces = frozenset(trace for concept in wanted for trace in concepts.traces(concept))
        shapes = (shape for concept in self.asked.concepts for shape in concepts.shapes(concept))
        return Look(wanted, _any_of(shapes), lambda reading, stretch: reading.concepts(stretch, traces))

    @cached_property
    def _bigrams(self) -> Look:
        wanted = frozenset(self.asked.bigrams)

        def read(reading: Reading, stretch: Span) -> list[Term]:
            return bigrams_in_part(reading.stretches.folded, *stretch, wanted)

        return Look(wanted, _any_of(map(re.escape, self.asked.bigrams)), read)


class Marks:
    """Offsets for the legs of one hit; of each kind of terms at most so many in one text."""

    def __init__(self, document: Document | Version, sought: Sought, best: Span | None, most: int = MAX_OFFSETS) -> None:
        self._document = document
        self._sought = sought
        self._best = best if best and best.end > best.start else None
        self._most = most
        self._known: dict[tuple[int, bool], Offsets] = {}

    @property
    def in_text(self) -> Offsets:
        """The concepts in the text: what a snippet should show."""
        return self.offsets("body_concepts")

    def offsets(self, field: str) -> Offsets:
        """Matched terms, as the module promises; for the passages' field the best passage."""
        if field == "passages":
            return ((self._best.start, self._best.end),) if self._best else ()
        if field in WHOLE:
            return ()
        look = self._sought.look(field)
        key = (id(look), field in IN_TITLE)
        if key not in self._known:
            reading, best = (self._title, None) if field in IN_TITLE else (self._text, self._best)
            self._known[key] = look.offsets(reading, best, self._most)
        return self._known[key]

    @cached_property
    def _title(self) -> Reading:
        return Reading(self._document.title, self._sought.asked.analyzer)

    @cached_property
    def _text(self) -> Reading:
        return Reading(self._document.text, self._sought.asked.analyzer)


def _any_of(shapes: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for all of them; None where they are too many."""
    listed = list(shapes)
    return re.compile("|".join(listed)) if len(listed) <= MAX_SHAPES else None
