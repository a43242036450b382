"""Document to IndexEntry: the only list of derivations, in order."""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from search.document import Document, IndexEntry, Name, Passage, Vector, vector
from search.text.analyzer import Analyzer
from search.text.names import whole_names
from search.text.passages import encoded_spans, encoded_texts
from search.text.pinyin import sort_key, spellings
from search.text.segment import bigrams, character_words

SYMPTOM_HEADING = re.compile("症状|表现|体征|symptom", re.IGNORECASE)


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
        self.models: Mapping[str, str] = analyzer.models

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


def _names(document: Document) -> tuple[Name, ...]:
    return tuple(Name(name, spellings(name)) for name in dict.fromkeys((document.title, *document.facts.aliases)) if name)
