"""Where the words of a query stand in one document: the offsets that reasons show."""

from search.document import Document
from search.highlight import Cut, Offsets, matches
from search.legs import Asked
from search.text.normalize import Folded, fold_with_offsets
from search.text.passages import Span
from search.text.segment import bigram_terms

IN_TITLE = frozenset({"title"})  # fields whose offsets are the title's
WHOLE = frozenset({"doc_vector", "title_vector", "aliases", "names"})  # compared as a whole: there is nothing to point at


class Marks:
    """Offsets for the legs of one hit; each text is read once for each kind of word."""

    def __init__(self, document: Document, asked: Asked, best: Span | None) -> None:
        self._document = document
        self._asked = asked
        self._best = best
        self._folds: dict[str, Folded] = {}
        self._known: dict[tuple[tuple[str, ...], bool], Offsets] = {}

    @property
    def in_text(self) -> Offsets:
        """The concepts in the text: what a snippet should show."""
        return self.offsets("body_concepts")

    def offsets(self, field: str) -> Offsets:
        """Matched words; for the passages' field the best passage."""
        if field == "passages":
            return ((self._best.start, self._best.end),) if self._best and self._best.end > self._best.start else ()
        if field in WHOLE:
            return ()
        key = (self._asked.terms(field), field in IN_TITLE)
        if key not in self._known:
            text = self._document.title if field in IN_TITLE else self._document.text
            self._known[key] = matches(text, self._folded(text), frozenset(key[0]), self._cut(field))
        return self._known[key]

    def _folded(self, text: str) -> Folded:
        if text not in self._folds:
            self._folds[text] = fold_with_offsets(text)
        return self._folds[text]

    def _cut(self, field: str) -> Cut:
        if field.endswith("_concepts"):
            return self._asked.analyzer.concepts.terms
        return bigram_terms if field == "bigrams" else self._asked.analyzer.segmenter.cut
