"""Document to IndexEntry: the only list of derivations, in order."""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from search.document import Document, IndexEntry, Name, Passage, Vector, vector
from search.text.analyzer import Analyzer
from search.text.names import whole_names
from search.text.normalize import simplified
from search.text.passages import OVERLAP_CHARS, PASSAGE_CHARS, Span, passages
from search.text.pinyin import sort_key, spellings
from search.text.segment import bigrams, character_words

SYMPTOM_HEADING = re.compile("症状|表现|体征|symptom", re.IGNORECASE)
# Of a document, from its beginning. On 198 judged queries over 400 pages one alone loses .07 nDCG@10, and all of them, three times the
# vectors, gain nothing beyond chance; measure again with `python -m bench.passages SET...`.
ENCODED_PASSAGES = 5


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
PASSAGE_RULE = f"simplified, title, {RULE}, titled"  # part of an index's models


@dataclass(frozen=True, slots=True)
class Plan:
    """A document to derive, what is kept of its stored entry, and the version it will have."""

    document: Document
    version: int = 1
    stored: IndexEntry | None = None


class Pipeline:
    """Derives entries with one set of models; what a stored entry has from the same models is used again."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.models: Mapping[str, str] = {**analyzer.models, "passages": PASSAGE_RULE}

    def build_entry(self, document: Document, version: int = 1) -> IndexEntry:
        """The entry of one document."""
        return self.build_entries([Plan(document, version)])[0]

    def build_entries(self, plans: Sequence[Plan]) -> list[IndexEntry]:
        """The entries of several documents; encoding many passages at once keeps all cores at work.

        Encoding leaves Python free, so all else is derived beside it. It stays in the caller's thread, where Ctrl-C ends it.
        """
        with ThreadPoolExecutor(1, "derive") as beside:
            deriving = beside.submit(self._without_passages, plans)
            vectors = self._vectors(plans)
            return [
                replace(entry, title_vector=title_vector, passages=plan_passages)
                for entry, (title_vector, plan_passages) in zip(deriving.result(), vectors, strict=True)
            ]

    def rederive(self, entries: Sequence[IndexEntry]) -> list[IndexEntry]:
        """The same documents under this pipeline's models; only what these change is computed."""
        return self.build_entries([Plan(entry.document, entry.version, entry) for entry in entries])

    def _without_passages(self, plans: Sequence[Plan]) -> list[IndexEntry]:
        """The entries but for what the encoder makes."""
        terms = [self._terms(plan) for plan in plans]
        return [
            IndexEntry(
                document=plan.document,
                version=plan.version,
                terms=words,
                tfidf=self.analyzer.weights(words["title"] + words["body"]),
                names=_names(plan.document),
                title_sort=sort_key(plan.document.title),
                doc_vector=doc_vector,
                newest=plan.stored.newest if plan.stored else True,
                hidden=plan.stored.hidden if plan.stored else False,
                models=self.models,
            )
            for plan, words, doc_vector in zip(plans, terms, self._doc_vectors(plans, terms), strict=True)
        ]

    def _terms(self, plan: Plan) -> Mapping[str, tuple[str, ...]]:
        if plan.stored and self._same(plan, "text"):
            return plan.stored.terms
        document, words, concepts = plan.document, self.analyzer.segmenter.words, self.analyzer.concepts.words
        headings = "\n".join(dict.fromkeys(section.heading for section in document.sections))
        body = f"{headings}\n{document.text}"
        cut = self.analyzer.segmenter.cut(body)  # cutting it takes most of the time: once for its words and its concepts
        symptoms = (document.text[s.start : s.end] for s in document.sections if SYMPTOM_HEADING.search(s.heading))
        named = (document.title, *document.facts.aliases)
        return {
            "title": words(document.title),
            "aliases": words("\n".join(document.facts.aliases)),
            "symptoms": words("\n".join(symptoms)),
            "body": self.analyzer.segmenter.words_of(cut),
            "title_concepts": concepts("\n".join(named)),
            "body_concepts": tuple(term.text for term in self.analyzer.concepts.read(body, cut)),
            "names": whole_names(named, self.analyzer.concepts),
            "bigrams": bigrams("\n".join((*named, document.text))),
            "title_chars": character_words(document.title),
            "body_chars": character_words(document.text),
        }

    def _vectors(self, plans: Sequence[Plan]) -> list[tuple[Vector | None, tuple[Passage, ...]]]:
        """Each document's title vector and passages; everything that must be encoded goes to the encoder at once."""
        kept = [plan.stored if self._same(plan, "text", "passages", "bert") else None for plan in plans]
        spans = {i: encoded_spans(plans[i].document) for i, stored in enumerate(kept) if stored is None}
        texts = [text for i, found in spans.items() for text in encoded_texts(plans[i].document, found)]
        vectors = iter(self.analyzer.encoder.encode(texts, "passage") if texts else ())
        fresh = {
            i: (vector(next(vectors)), tuple(Passage(*span, vector(next(vectors))) for span in found))
            for i, found in spans.items()
        }
        return [(stored.title_vector, stored.passages) if stored else fresh[i] for i, stored in enumerate(kept)]

    def _doc_vectors(self, plans: Sequence[Plan], terms: Sequence[Mapping[str, tuple[str, ...]]]) -> list[Vector | None]:
        if not self.analyzer.word2vec:
            return [None] * len(plans)
        rows = self.analyzer.word2vec.encode_words([words["title"] + words["body"] for words in terms])
        return [vector(row) if row.any() else None for row in rows]

    def _same(self, plan: Plan, *kinds: str) -> bool:
        """Whether the stored entry was fetched whole, and is of the same document and the same models of these kinds."""
        stored = plan.stored
        if not stored or not stored.terms or stored.document != plan.document:
            return False
        return all(stored.models.get(kind) == self.models.get(kind) for kind in kinds)


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


def _names(document: Document) -> tuple[Name, ...]:
    return tuple(Name(name, spellings(name)) for name in dict.fromkeys((document.title, *document.facts.aliases)) if name)
