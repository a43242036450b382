"""The words for what is stored: documents, their versions, and the entries that engines index. Standard library only."""

import hashlib
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

Vector = array  # typecode "f": float32, comparable with ==, and numpy reads it without a copy

DOCUMENT_VECTORS = ("doc_vector", "title_vector")  # an entry's vectors of which a document has one
KINDS = ("disease", "symptom", "drug", "examination", "guideline", "study", "article", "qa")


def vector(values: Any) -> Vector:
    """A stored vector (float32) of any sequence of numbers, numpy arrays included."""
    return array("f", values.tolist() if hasattr(values, "tolist") else values)


@dataclass(frozen=True, slots=True)
class Section:
    """A headed stretch of a document; offsets count characters of Document.text."""

    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page itself states; empty where it does not. Departments are paths: 内科/神经内科."""

    kind: str = ""
    departments: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    series: str = ""
    edition: str = ""
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A page or file as captured. `captured_at` is in UTC."""

    doc_id: str
    title: str
    text: str
    source: str = ""
    url: str = ""
    sections: tuple[Section, ...] = ()
    facts: Facts = Facts()
    published_at: date | None = None
    captured_at: datetime | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of title and text (hex): another digest is another version."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode("utf-8", "surrogatepass")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` gives the same document back."""
        row = asdict(self)
        row["published_at"] = _iso(self.published_at)
        row["captured_at"] = _iso(self.captured_at)
        row["facts"]["effective_on"] = _iso(self.facts.effective_on)
        return row

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> "Document":
        """The inverse of `to_dict`."""
        facts = dict(row["facts"])
        for name in ("departments", "aliases"):
            facts[name] = tuple(facts[name])
        facts["effective_on"] = _date(facts["effective_on"])
        captured = row["captured_at"]
        return cls(
            **{name: row[name] for name in ("doc_id", "title", "text", "source", "url")},
            sections=tuple(Section(**section) for section in row["sections"]),
            facts=Facts(**facts),
            published_at=_date(row["published_at"]),
            captured_at=datetime.fromisoformat(captured) if captured else None,
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One capture of one document over time; append-only. Numbers count from 1."""

    doc_id: str
    number: int
    digest: str
    title: str
    text: str
    sections: tuple[Section, ...] = ()
    published_at: date | None = None
    captured_at: datetime | None = None

    @classmethod
    def of(cls, document: Document, number: int) -> "Version":
        """The version that this capture of the document is."""
        return cls(
            document.doc_id,
            number,
            document.digest,
            document.title,
            document.text,
            document.sections,
            document.published_at,
            document.captured_at,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of Document.text with one vector; the vector is None where it was not asked for."""

    start: int
    end: int
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A quotation that advises: offsets into Document.text, never a paraphrase."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name to suggest, and the folded spellings by which it is found: itself, pinyin, initials."""

    shown: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """All that an engine needs of one document, already derived.

    terms: field name (query.WORD_FIELDS, query.CHARACTER_FIELDS) -> terms in the order of the text; no white space inside
    tfidf: term -> weight > 0, of unit length; empty where no model is fitted
    title_sort: key that sorts titles by pinyin; passages: in the order of the text, all vectors of one size
    doc_vector: of the whole text by its words; title_vector: of the title by the passages' encoder
    newest: the newest edition of its series; hidden: stored, and never found
    models: kind -> fingerprint of what derived it
    """

    document: Document
    version: int = 1
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tfidf: Mapping[str, float] = field(default_factory=dict)
    names: tuple[Name, ...] = ()
    title_sort: str = ""
    passages: tuple[Passage, ...] = ()
    doc_vector: Vector | None = None
    title_vector: Vector | None = None
    topics: Mapping[str, float] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()
    newest: bool = True
    hidden: bool = False
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def doc_id(self) -> str:
        """The document's id."""
        return self.document.doc_id


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
