"""One document, or one of its versions, as it is read."""

from dataclasses import dataclass

from search.document import IndexEntry, Version
from search.errors import DocumentNotFound
from search.query import Filters, Sparse
from search.searcher import Searcher
from web.answers.layout import Part, parts
from web.answers.pieces import Piece, joined, pieces

MARKS = 500  # marked words of each kind on a page
SIMILAR = 5
# Of 5 similar pages of the samples, the share in a department of the page: .55 by 100 keywords, .57 by all, .52 by 50; by vectors of
# titles .50, of first passages .53.
KEYWORDS = 100


@dataclass(frozen=True, slots=True)
class Similar:
    """Another document, by its title."""

    doc_id: str
    title: str


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """A version of a document with the words of `text` marked; `entry` holds the facts of its newest one."""

    entry: IndexEntry
    version: Version
    versions: tuple[Version, ...]
    text: str
    title: tuple[Piece, ...]
    parts: tuple[Part, ...]
    similar: tuple[Similar, ...]

    @property
    def newest(self) -> bool:
        """Whether this is the version that a search finds."""
        return self.version.number == self.entry.version


def document_answer(searcher: Searcher, doc_id: str, text: str = "", number: int | None = None) -> DocumentAnswer:
    """The newest version, or that of this number. DocumentNotFound where there is none."""
    entry = next(iter(searcher.engine.fetch([doc_id], vectors=True)), None)
    if entry is None or entry.hidden:
        raise DocumentNotFound(f"没有编号为 {doc_id!r} 的文章")
    versions = tuple(searcher.engine.versions(doc_id))
    wanted = entry.version if number is None else number
    version = next((one for one in versions if one.number == wanted), None)
    if version is None:
        raise DocumentNotFound(f"{doc_id!r} 没有第 {wanted} 版")
    in_title, in_text = searcher.marks(version, text, MARKS)
    return DocumentAnswer(
        entry,
        version,
        versions,
        text,
        title=pieces(version.title, joined(in_title)),
        parts=parts(version.text, version.sections, joined(in_text)),
        similar=_similar(searcher, entry),
    )


def _similar(searcher: Searcher, entry: IndexEntry) -> tuple[Similar, ...]:
    """The nearest documents by the cosine of their keywords."""
    keywords = dict(sorted(entry.tfidf.items(), key=lambda item: (-item[1], item[0]))[:KEYWORDS])
    if not keywords:
        return ()
    found = searcher.engine.retrieve([Sparse("tfidf", keywords)], Filters(), SIMILAR + 1).legs[0].docs
    others = [doc.doc_id for doc in found if doc.doc_id != entry.doc_id][:SIMILAR]
    return tuple(Similar(one.doc_id, one.document.title) for one in searcher.engine.fetch(others))
