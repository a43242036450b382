"""A ranking's legs with one query's words, weights and vectors in them."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from search.document import Vector, vector
from search.errors import ModelUnusable
from search.operators import Wording, read_operators
from search.query import Knn, Leg, Match, Sparse
from search.ranking import LegSpec, Ranking
from search.text.analyzer import Analyzer
from search.text.concepts import Concepts
from search.text.names import literal_name, possible_names
from search.text.normalize import simplified
from search.text.segment import bigram_terms

log = logging.getLogger(__name__)

ENCODED_FIELDS = frozenset({"passages", "title_vector"})  # what only the encoder's vector of the query can search
ENCODER_DOWN = "语义模型暂停，本页只按字词排序。"
NO_LEG_LEFT = "语义模型暂停，这种排序现在用不了；请改用 bm25 或 hybrid。"
NOT_FITTED = "这个索引还没有 {0} 模型；请运行 python -m indexer fit {0}。"


@dataclass(frozen=True)
class Asked:
    """A query as its legs see it: words, concepts (synonyms as one term), bigrams and what may be a whole name in it, each once.

    wording: its text and what its operators ask for; name: the whole text as one name, empty where it can be none;
    known: how many of the words are in a dictionary; said: how many concepts there are, both spellings of one counted once.
    """

    wording: Wording
    words: tuple[str, ...]
    concepts: tuple[str, ...]
    bigrams: tuple[str, ...]
    names: tuple[str, ...]
    name: str
    known: int
    said: int
    analyzer: Analyzer
    _meaning: list[Vector] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The words as they were typed, without operators."""
        return self.wording.text.strip()

    def terms(self, field: str, whole: bool = False) -> tuple[str, ...]:
        """What is sought in a field of query.WORD_FIELDS; the whole query as one name, or all that it may hold."""
        if whole:
            return (self.name,) if self.name else ()
        if field.endswith("_concepts"):
            return self.concepts
        return {"names": self.names, "bigrams": self.bigrams}.get(field, self.words)

    @property
    def understood(self) -> tuple[str, ...]:
        """What of medicine the query speaks of, each once in the spelling that stands for its synonyms."""
        concepts, is_medical = self.analyzer.concepts, self.analyzer.segmenter.is_medical
        found = (concepts.canonical(term.text) for term in concepts.outermost(self.text) if is_medical(term.text))
        return tuple(dict.fromkeys(found))

    @property
    def meaning(self) -> Vector:
        """The encoder's vector of the query; encoded once for all legs. ModelUnusable where there is no encoder."""
        if not self._meaning:  # no cached_property: in Python 3.11 it lets one query of all encode at a time
            self._meaning.append(vector(self.analyzer.encoder.encode([simplified(self.text)], "query")[0]))
        return self._meaning[0]

    @cached_property
    def word_vector(self) -> Vector | None:
        """The Word2Vec vector; None where the model knows no word."""
        row = self.analyzer.word2vec.encode_words([self.words])[0] if self.analyzer.word2vec else None
        return vector(row) if row is not None and row.any() else None


def read(text: str, analyzer: Analyzer) -> Asked:
    """The query's words and what they stand for."""
    wording = read_operators(text)
    text = wording.text
    words = tuple(dict.fromkeys(analyzer.segmenter.words(text)))
    found = analyzer.concepts.terms(text)
    concepts = tuple(dict.fromkeys(term.text for term in found))
    said = len({term[1:] for term in found})
    pairs = content_bigrams(text, analyzer.concepts)
    names = possible_names(text, analyzer.concepts)
    name = literal_name(text)
    return Asked(wording, words, concepts, pairs, names, name, sum(map(analyzer.segmenter.knows, words)), said, analyzer)


def content_bigrams(text: str, concepts: Concepts) -> tuple[str, ...]:
    """The bigrams that touch a word of content; all of them where there is none: 一阵 and 怎么 are in pages about everything."""
    content = {place for term in concepts.content(text) for place in range(term.start, term.end)}
    found = bigram_terms(text)
    kept = [term for term in found if content.intersection(range(term.start, term.end))] or found
    return tuple(dict.fromkeys(term.text for term in kept))


def legs_of(chosen: Ranking, asked: Asked) -> tuple[list[tuple[LegSpec, Leg]], list[str]]:
    """The legs that have something to search with, and notices about those that would need a model that is not there."""
    pairs: list[tuple[LegSpec, Leg]] = []
    notices: list[str] = []
    for spec in chosen.legs if asked.bigrams else ():  # punctuation and emoji alone mean nothing, whatever is near them
        notice = _missing(spec, asked, {each.field for each in chosen.legs})
        leg = None if notice is not None else _leg(spec, asked)
        if leg is not None:
            pairs.append((spec.for_terms(size(leg)), leg))
        if notice:
            notices.append(notice)
    return pairs, list(dict.fromkeys(notices))


def size(leg: Leg) -> int:
    """How many terms a Match leg sums over; 1 for the others."""
    return len(leg.terms) if isinstance(leg, Match) else 1


def _missing(spec: LegSpec, asked: Asked, fields: Collection[str]) -> str | None:
    """What to say of a model that is not there, empty where another leg serves as well; None where nothing is missing.

    fields: of all legs of the ranking.
    """
    if spec.field == "tfidf" and asked.analyzer.tfidf is None:
        return NOT_FITTED.format("tfidf")
    if spec.field == "doc_vector" and asked.analyzer.word2vec is None:
        return NOT_FITTED.format("word2vec") if fields == {"doc_vector"} else ""
    if spec.field in ENCODED_FIELDS:
        try:
            _ = asked.meaning
        except ModelUnusable as exc:
            log.error("no semantic legs: %s", exc)
            return NO_LEG_LEFT if ENCODED_FIELDS.issuperset(fields) else ENCODER_DOWN
    return None


def _leg(spec: LegSpec, asked: Asked) -> Leg | None:
    if spec.kind == "match":
        terms: Sequence[str] = asked.terms(spec.field, spec.whole)
        needed = spec.needed(asked.said if spec.field.endswith("_concepts") else len(terms))
        return Match(spec.field, tuple(terms), (needed - 0.5) / len(terms) if needed > 1 else 0.0) if terms else None
    if spec.kind == "sparse":
        weights = asked.analyzer.weights(asked.words)
        return Sparse(spec.field, weights) if weights else None
    values = asked.word_vector if spec.field == "doc_vector" else asked.meaning
    return Knn(spec.field, values, spec.k, spec.floor, spec.margin) if values else None
