"""Plain calls of good libraries over the same terms and vectors: no counts, no filters, no reasons."""

from collections.abc import Iterable

import numpy as np

from bench.queries import Question
from search.document import IndexEntry

FIELD = "body"
TOP = 10
DEPTH = 200  # documents that our Knn legs keep


class PlainTantivy:
    """BM25 over one field, in memory."""

    def __init__(self) -> None:
        import tantivy

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field(FIELD, tokenizer_name="whitespace")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(heap_size=256_000_000, num_threads=1)

    def add(self, entry: IndexEntry) -> None:
        """One document's terms."""
        document = self._tantivy.Document()
        document.add_text("id", entry.doc_id)
        document.add_text(FIELD, " ".join(entry.terms.get(FIELD, ())))
        self._writer.add_document(document)

    def done(self) -> None:
        """All are added; one segment, the best that it can have."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def top(self, question: Question, count: bool = False) -> list[str]:
        """Ids of the first ten; with `count`, the number of all matches is found too (which forbids skipping)."""
        should, term = self._tantivy.Occur.Should, self._tantivy.Query.term_query
        query = self._tantivy.Query.boolean_query([(should, term(self._schema, FIELD, word)) for word in question.words])
        hits = self._searcher.search(query, limit=TOP, count=count).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]

    def top_and_count(self, question: Question) -> list[str]:
        """As `top`, with the number of all matches."""
        return self.top(question, count=True)


class PlainNumpy:
    """Exact nearest documents by float32 products of all passages, a document scoring as its best."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._starts: list[int] = []
        self._rows: list[np.ndarray] = []

    def add(self, entry: IndexEntry) -> None:
        """One document's passages."""
        rows = [np.frombuffer(passage.vector, np.float32) for passage in entry.passages if passage.vector is not None]
        if rows:
            self._ids.append(entry.doc_id)
            self._starts.append(len(self._rows))
            self._rows.extend(rows)

    def done(self) -> None:
        """All are added."""
        self._matrix = np.array(self._rows, np.float32)
        self._rows = []

    def top(self, question: Question) -> list[str]:
        """Ids of the first ten of the 200 nearest."""
        scores = np.maximum.reduceat(self._matrix @ np.frombuffer(question.vector, np.float32), self._starts)
        depth = min(DEPTH, len(scores))
        nearest = np.argpartition(-scores, depth - 1)[:depth]
        return [self._ids[place] for place in nearest[np.argsort(-scores[nearest])][:TOP]]


def fill(peers: Iterable[PlainTantivy | PlainNumpy], entries: Iterable[IndexEntry]) -> None:
    """Give every entry that can be found to every peer."""
    peers = list(peers)
    for entry in entries:
        if not entry.hidden:
            for peer in peers:
                peer.add(entry)
    for peer in peers:
        peer.done()
