"""Entries and versions as the bytes that SQLite keeps; unpacked, they equal what was packed."""

import json
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search.document import DOCUMENT_VECTORS, Advice, Document, IndexEntry, Name, Passage, Vector, Version

LEVEL = 3  # of zlib: 6 saves 5 % more and takes twice as long


@dataclass(frozen=True, slots=True)
class Packed:
    """page: what a list of hits shows; terms: all terms; weights: of tfidf (float64); vectors: one after the other (float32)."""

    page: bytes
    terms: bytes
    weights: bytes
    vectors: bytes


def pack_entry(entry: IndexEntry) -> Packed:
    """All of an entry but its models, which its generation keeps."""
    page = {
        "document": entry.document.to_dict(),
        "version": entry.version,
        "names": [[name.shown, name.keys] for name in entry.names],
        "title_sort": entry.title_sort,
        "passages": [[passage.start, passage.end, _size(passage.vector)] for passage in entry.passages],
        "vectors": [_size(getattr(entry, name)) for name in DOCUMENT_VECTORS],
        "topics": dict(entry.topics),
        "advice": [[advice.kind, advice.start, advice.end] for advice in entry.advice],
        "newest": entry.newest,
        "hidden": entry.hidden,
    }
    terms = {"terms": dict(entry.terms), "tfidf": list(entry.tfidf)}
    vectors = [passage.vector for passage in entry.passages] + [getattr(entry, name) for name in DOCUMENT_VECTORS]
    packed_vectors = b"".join(vector.tobytes() for vector in vectors if vector is not None)
    return Packed(_packed(page), _packed(terms), array("d", entry.tfidf.values()).tobytes(), packed_vectors)


def unpack_entry(page: bytes, models: Mapping[str, str], rest: tuple[bytes, bytes, bytes] | None = None) -> IndexEntry:
    """The entry; `rest`: its terms, weights and vectors, without which these are empty."""
    row = _unpacked(page)
    vectors = _vectors(rest[2] if rest else None)
    passages = tuple(Passage(start, end, vectors(size)) for start, end, size in row.pop("passages"))
    whole = {name: vectors(size) for name, size in zip(DOCUMENT_VECTORS, row.pop("vectors"), strict=True)}
    terms: dict[str, Any] = _unpacked(rest[0]) if rest else {"terms": {}, "tfidf": ()}
    weights = array("d", rest[1] if rest else b"")
    return IndexEntry(
        document=Document.from_dict(row.pop("document")),
        terms={field: tuple(values) for field, values in terms["terms"].items()},
        tfidf=dict(zip(terms["tfidf"], weights, strict=True)),
        names=tuple(Name(shown, tuple(keys)) for shown, keys in row.pop("names")),
        passages=passages,
        **whole,
        advice=tuple(Advice(*values) for values in row.pop("advice")),
        models=dict(models),
        **row,
    )


def pack_version(version: Version) -> bytes:
    """All of a version."""
    row = Document(
        version.doc_id,
        version.title,
        version.text,
        sections=version.sections,
        published_at=version.published_at,
        captured_at=version.captured_at,
    ).to_dict()
    return _packed({**row, "number": version.number, "digest": version.digest})


def unpack_version(packed: bytes) -> Version:
    """The inverse of `pack_version`."""
    row = _unpacked(packed)
    number, digest = row.pop("number"), row.pop("digest")
    document = Document.from_dict(row)
    return Version(
        document.doc_id,
        number,
        digest,
        document.title,
        document.text,
        document.sections,
        document.published_at,
        document.captured_at,
    )


def _size(vector: Vector | None) -> int | None:
    return None if vector is None else len(vector)


def _vectors(packed: bytes | None):  # noqa: ANN202 - a reader of sizes, one after the other
    numbers = array("f", packed or b"")
    place = 0

    def take(size: int | None) -> Vector | None:
        nonlocal place
        if packed is None or size is None:
            return None
        place += size
        return numbers[place - size : place]

    return take


def _packed(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), LEVEL)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
