"""What is stored: an entry or a version as a document of the index, and back, equal to the last bit."""

import base64
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import numpy as np

from search.document import DOCUMENT_VECTORS, Advice, Document, IndexEntry, Name, Passage, Section, Vector, Version, vector
from search.query import CHARACTER_FIELDS, FIELDS, WORD_FIELDS

Source = dict[str, Any]

PAGE_FIELDS = ("entry", "passages.start", "passages.end")  # what a page of hits needs of a source
SORT_KEY_CHARS = 1000  # a keyword holds 32,766 bytes; no two titles differ later than here
SUGGEST_BYTES = 30_000
LEAST_WEIGHT = 1.2e-38  # a feature's weight is a normal float32
FEATURE_CHARS = 8000  # a term of the index holds 32,766 bytes
KEY_END = "\x1f"  # between a name's key and what it shows
UNIT = 5e-7  # of length 1: the server gives such vectors back bit for bit (tried), others rounded


def entry_to_source(entry: IndexEntry) -> Source:
    """The document to index. `exact` holds what the indexed fields would not give back as it was."""
    document = entry.document
    source: Source = {
        "doc_id": entry.doc_id,
        "entry": _derived(entry),
        "exact": _exact(entry),
        "tfidf": {term: weight for term, weight in entry.tfidf.items() if weight > LEAST_WEIGHT and len(term) < FEATURE_CHARS},
        "passages": [_passage(passage, entry.hidden) for passage in entry.passages],
        "newest": entry.newest,
        "hidden": entry.hidden,
        "suggest": [] if entry.hidden else list(suggestions(entry.names)),
    }
    source |= {name: " ".join(terms) for name, terms in entry.terms.items()}
    source |= {name: list(values(entry)) for name, values in FIELDS.items()}
    if document.published_at:
        source["published_at"] = document.published_at.isoformat()
    if entry.title_sort:
        source["title_sort"] = entry.title_sort[:SORT_KEY_CHARS]
    for name in DOCUMENT_VECTORS:
        if indexed := _indexable(getattr(entry, name), entry.hidden):
            source[name] = pack(indexed)
    return source


def _derived(entry: IndexEntry) -> Source:
    return {
        "document": entry.document.to_dict(),
        "version": entry.version,
        "names": [[name.shown, list(name.keys)] for name in entry.names],
        "title_sort": entry.title_sort,
        "topics": [[topic, share] for topic, share in entry.topics.items()],
        "advice": [[advice.kind, advice.start, advice.end] for advice in entry.advice],
        "newest": entry.newest,
        "hidden": entry.hidden,
        "models": [[kind, fingerprint] for kind, fingerprint in entry.models.items()],
    }


def _exact(entry: IndexEntry) -> Source:
    """Weights (the index rounds them), vectors not of unit length or hidden, terms that do not survive a join."""
    exact: Source = {"tfidf": [list(entry.tfidf), list(entry.tfidf.values())]}
    terms = {name: list(terms) for name, terms in entry.terms.items() if _split(" ".join(terms)) != terms}
    found = ((str(n), passage.vector) for n, passage in enumerate(entry.passages))
    vectors = {n: pack(values) for n, values in found if values and not _as_it_is(values, entry.hidden)}
    if terms:
        exact["terms"] = terms
    if vectors:
        exact["passages"] = vectors
    for name in DOCUMENT_VECTORS:
        values = getattr(entry, name)
        if values and not _as_it_is(values, entry.hidden):
            exact[name] = pack(values)
    return exact


def _passage(passage: Passage, hidden: bool) -> Source:
    source: Source = {"start": passage.start, "end": passage.end}
    if indexed := _indexable(passage.vector, hidden):
        source["vector"] = pack(indexed)
    return source


def source_to_entry(source: Source, vectors: bool) -> IndexEntry:
    """The inverse of `entry_to_source`; without `vectors`, of a source cut to PAGE_FIELDS."""
    entry, exact = source["entry"], source.get("exact", {})
    kept = exact.get("passages", {})
    passages = [
        Passage(row["start"], row["end"], unpack(kept.get(str(n), row.get("vector"))) if vectors else None)
        for n, row in enumerate(source.get("passages", ()))
    ]
    derived = IndexEntry(
        Document.from_dict(entry["document"]),
        version=entry["version"],
        names=tuple(Name(shown, tuple(keys)) for shown, keys in entry["names"]),
        title_sort=entry["title_sort"],
        passages=tuple(passages),
        topics=dict(entry["topics"]),
        advice=tuple(Advice(*row) for row in entry["advice"]),
        newest=entry["newest"],
        hidden=entry["hidden"],
        models=dict(entry["models"]),
    )
    return derived if not vectors else _with_index_parts(derived, source, exact)


def _with_index_parts(entry: IndexEntry, source: Source, exact: Source) -> IndexEntry:
    terms = {name: _split(source[name]) for name in (*WORD_FIELDS, *CHARACTER_FIELDS) if name in source}
    terms |= {name: tuple(kept) for name, kept in exact.get("terms", {}).items()}
    whole: dict[str, Any] = {name: unpack(exact.get(name, source.get(name))) for name in DOCUMENT_VECTORS}
    return replace(entry, terms=terms, tfidf=dict(zip(*exact["tfidf"], strict=True)), **whole)


def suggestions(names: Iterable[Name]) -> Iterable[str]:
    """A keyword for each key of each name: the key's length (so that the order of terms is by length), key, shown."""
    for name in names:
        for key in name.keys:
            term = f"{len(key):05d}{key}{KEY_END}{name.shown}"
            if KEY_END not in key and len(term.encode()) <= SUGGEST_BYTES:
                yield term


def version_id(version: Version) -> str:
    """One id a document and number: a second writer of the same number meets the first one's."""
    return f"{version.number}:{version.doc_id}"


def version_to_source(version: Version) -> Source:
    """The document to index of a version."""
    row = asdict(version)
    for name in ("published_at", "captured_at"):
        row[name] = row[name].isoformat() if row[name] else None
    return {"doc_id": version.doc_id, "number": version.number, "digest": version.digest, "version": row}


def source_to_version(source: Source) -> Version:
    """The inverse of `version_to_source`."""
    row = dict(source["version"])
    row["sections"] = tuple(Section(**section) for section in row["sections"])
    row["published_at"] = date.fromisoformat(row["published_at"]) if row["published_at"] else None
    row["captured_at"] = datetime.fromisoformat(row["captured_at"]) if row["captured_at"] else None
    return Version(**row)


def pack(values: Vector) -> str:
    """A vector as the server takes it fastest: base64 of big-endian float32, as helpers.pack_dense_vector makes it."""
    swapped = array("f", values)
    if sys.byteorder == "little":
        swapped.byteswap()
    return base64.b64encode(swapped.tobytes()).decode("ascii")


def unpack(stored: str | Sequence[float] | None) -> Vector | None:
    """A stored vector: as it was packed, or as the list of numbers that the server makes of it after a refresh."""
    if not isinstance(stored, str):
        return vector(stored) if stored is not None else None
    values = array("f")
    values.frombytes(base64.b64decode(stored))
    if sys.byteorder == "little":
        values.byteswap()
    return values


def dimensions(entries: Iterable[IndexEntry]) -> dict[str, set[int]]:
    """The vector sizes that occur, by vector field."""
    sizes: dict[str, set[int]] = {"passages": set(), **{name: set() for name in DOCUMENT_VECTORS}}
    for entry in entries:
        sizes["passages"].update(len(p.vector) for p in entry.passages if p.vector is not None)
        for name in DOCUMENT_VECTORS:
            values = getattr(entry, name)
            if values is not None:
                sizes[name].add(len(values))
    return sizes


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(" ")) if joined else ()


def _length(values: Vector) -> float:
    return float(np.linalg.norm(np.array(values, np.float64)))


def _as_it_is(values: Vector, hidden: bool) -> bool:
    """Whether the index holds this very vector."""
    return not hidden and abs(_length(values) - 1) <= UNIT


def _indexable(values: Vector | None, hidden: bool) -> Vector | None:
    """The vector to index: of unit length, for comparing by cosine; None for none, hidden ones, and zeros, which point nowhere."""
    if not values or hidden or not any(values):
        return None
    if _as_it_is(values, hidden):
        return values
    length = _length(values)
    return array("f", [value / length for value in values])
