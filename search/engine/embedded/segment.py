"""A segment: everything that answers about some of a generation's documents, in arrays that never change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from search.document import DOCUMENT_VECTORS, IndexEntry, Vector
from search.engine.embedded.names import Names
from search.engine.embedded.postings import NOBODY, Postings, keys_of, merge_postings
from search.engine.embedded.strings import Strings
from search.engine.embedded.values import Values
from search.engine.embedded.vectors import Vectors
from search.engine.embedded.words import Words
from search.query import CHARACTER_FIELDS, FIELDS, WORD_FIELDS

Part = TypeVar("Part")

NO_DAY = 0  # date.toordinal() counts from 1


@dataclass(frozen=True, slots=True)
class Segment:
    """n documents, sorted by doc_id. `gone`: ids deleted in the same stretch of the log.

    id_keys uint64 [n], sorted, and id_docs int32 [n]: whose they are; days int32 [n]: published, as ordinals; newest
    and hidden: bool [n]; title_ranks int32 [n]: the documents' order by title.
    """

    ids: Strings
    gone: Strings
    id_keys: np.ndarray
    id_docs: np.ndarray
    days: np.ndarray
    newest: np.ndarray
    hidden: np.ndarray
    titles: Strings
    title_ranks: np.ndarray
    words: dict[str, Words]
    tfidf: Postings
    values: dict[str, Values]
    names: Names
    vectors: dict[str, Vectors]

    def __len__(self) -> int:
        return len(self.days)

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The documents (int32) whose ids have these keys."""
        if not len(self):
            return self.id_docs
        places = np.searchsorted(self.id_keys, keys).clip(max=len(self) - 1)
        return self.id_docs[places[self.id_keys[places] == keys]]


def build_segment(entries: Sequence[IndexEntry], gone: Sequence[str]) -> Segment:
    """The segment of these entries, vectors included; an id comes once."""
    entries = sorted(entries, key=lambda entry: entry.doc_id)
    documents = [entry.document for entry in entries]
    terms = [list(entry.tfidf) for entry in entries]
    weights = np.array([weight for entry in entries for weight in entry.tfidf.values()], np.float32)
    days = [document.published_at.toordinal() if document.published_at else NO_DAY for document in documents]
    return Segment(
        **_order([entry.doc_id for entry in entries], [entry.title_sort for entry in entries]),
        gone=Strings.of(gone),
        days=np.array(days, np.int32),
        newest=np.array([entry.newest for entry in entries], bool),
        hidden=np.array([entry.hidden for entry in entries], bool),
        words={
            name: Words.of([entry.terms.get(name, ()) for entry in entries], name in CHARACTER_FIELDS)
            for name in (*WORD_FIELDS, *CHARACTER_FIELDS)
        },
        tfidf=Postings.of_weights(terms, weights),
        values={name: Values.of([values(entry) for entry in entries]) for name, values in FIELDS.items()},
        names=Names.of([entry.names for entry in entries]),
        vectors={
            "passages": Vectors.of([_passages(entry) for entry in entries]),
            **{name: Vectors.of([_whole(getattr(entry, name)) for entry in entries]) for name in DOCUMENT_VECTORS},
        },
    )


def merge_segments(parts: Sequence[tuple[Segment, np.ndarray]]) -> Segment:
    """One segment of the parts' living documents (bool [n] each)."""
    ids = [doc_id for segment, live in parts for doc_id in np.array(segment.ids.tolist(), object)[live]]
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    renumberings = _renumberings([live for _, live in parts], order)
    segments = [segment for segment, _ in parts]
    alive = np.flatnonzero(np.concatenate([live for _, live in parts]))[order]
    titles = [title for segment in segments for title in segment.titles.tolist()]

    def with_numbers(pick: Callable[[Segment], Part]) -> list[tuple[Part, np.ndarray]]:
        return [(pick(segment), renumbering) for segment, renumbering in zip(segments, renumberings, strict=True)]

    return Segment(
        **_order([ids[place] for place in order], [titles[place] for place in alive]),
        gone=Strings.of(sorted({doc_id for segment in segments for doc_id in segment.gone.tolist()})),
        days=np.concatenate([segment.days for segment in segments])[alive],
        newest=np.concatenate([segment.newest for segment in segments])[alive],
        hidden=np.concatenate([segment.hidden for segment in segments])[alive],
        words={name: Words.merged(with_numbers(lambda s: s.words[name]), alive) for name in segments[0].words},  # noqa: B023
        tfidf=merge_postings(with_numbers(lambda s: s.tfidf), len(order))[0],
        values={name: Values.merged(with_numbers(lambda s: s.values[name])) for name in segments[0].values},  # noqa: B023
        names=Names.merged(with_numbers(lambda s: s.names)),
        vectors={name: Vectors.merged(with_numbers(lambda s: s.vectors[name])) for name in segments[0].vectors},  # noqa: B023
    )


def _passages(entry: IndexEntry) -> list[tuple[int, bytes]]:
    return [(place, passage.vector.tobytes()) for place, passage in enumerate(entry.passages) if passage.vector]


def _whole(vector: Vector | None) -> list[tuple[int, bytes]]:
    return [(0, vector.tobytes())] if vector else []


def _order(ids: Sequence[str], titles: Sequence[str]) -> dict[str, Any]:
    keys = keys_of(ids)
    id_docs = np.argsort(keys, kind="stable").astype(np.int32)
    ranks = np.empty(len(ids), np.int32)
    ranks[sorted(range(len(ids)), key=lambda doc: (not titles[doc], titles[doc]))] = np.arange(len(ids))
    texts = {"ids": Strings.of(ids), "titles": Strings.of(titles)}
    return {**texts, "id_keys": keys[id_docs], "id_docs": id_docs, "title_ranks": ranks}


def _renumberings(lives: Sequence[np.ndarray], order: np.ndarray) -> list[np.ndarray]:
    """For each part, the new number of each document, or NOBODY; order: living documents, by their place in all parts."""
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.arange(len(order))
    ends = np.cumsum([int(live.sum()) for live in lives])
    result = []
    for live, taken in zip(lives, np.split(numbers, ends[:-1]), strict=True):
        renumbering = np.full(len(live), NOBODY, np.int64)
        renumbering[live] = taken
        result.append(renumbering)
    return result
