"""Data for tests: everything has a default, so that a test shows its one fact alone."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from search.document import Document, Facts, IndexEntry, Name, Passage, Version, vector
from search.query import CHARACTER_FIELDS, WORD_FIELDS

MODELS = {"text": "t1", "bert": "b1"}


def make_document(doc_id: str = "a", title: str = "", text: str = "text", **values: object) -> Document:
    """A document; facts may be given by their own names (kind=, departments=, aliases=, series=)."""
    facts = {name: values.pop(name) for name in ("kind", "departments", "aliases", "series", "edition") if name in values}
    values.setdefault("captured_at", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    return Document(doc_id, title or doc_id, text, facts=Facts(**facts), **values)  # type: ignore[arg-type]


def make_entry(
    doc_id: str = "a",
    body: str = "",
    *,
    passages: Sequence[Sequence[float]] = (),
    doc_vector: Sequence[float] | None = None,
    title_vector: Sequence[float] | None = None,
    published: str = "",
    names: Sequence[Name] = (),
    tfidf: Mapping[str, float] | None = None,
    models: Mapping[str, str] = MODELS,
    title_sort: str = "",
    newest: bool = True,
    hidden: bool = False,
    version: int = 1,
    **values: object,
) -> IndexEntry:
    """An entry of hand-made terms (`body="头痛 发热"`, `title_terms=`, `chars=` ...) and small vectors."""
    terms = {name: tuple(str(values.pop(f"{name}_terms", "")).split()) for name in WORD_FIELDS if name != "body"}
    terms["body"] = tuple(body.split())
    terms |= {name: tuple(str(values.pop(name, ""))) for name in CHARACTER_FIELDS}
    if published:
        values["published_at"] = date.fromisoformat(published)
    return IndexEntry(
        make_document(doc_id, **values),  # type: ignore[arg-type]
        version=version,
        terms=terms,
        tfidf=dict(tfidf or {}),
        names=tuple(names),
        title_sort=title_sort,
        passages=tuple(Passage(i, i + 1, unit(values)) for i, values in enumerate(passages)),
        doc_vector=unit(doc_vector) if doc_vector else None,
        title_vector=unit(title_vector) if title_vector else None,
        newest=newest,
        hidden=hidden,
        models=models,
    )


def make_version(doc_id: str = "a", number: int = 1, text: str = "text", **values: object) -> Version:
    """A version of a document with this text."""
    return Version.of(make_document(doc_id, text=text, **values), number)


def unit(values: Sequence[float]):
    """The values as a stored vector of unit length."""
    length = math.sqrt(sum(value * value for value in values))
    return vector([value / length for value in values])
