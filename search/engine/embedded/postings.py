"""Inverted lists as arrays: which documents of a segment hold which terms, and with what value.

A term is known by 64 bits of a hash: a segment then holds no dictionary, is looked up by one searchsorted for a whole
query, and merges without touching a string. Two of a million terms meet with a chance of 3e-8.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

import numpy as np

NOBODY = -1  # in a renumbering: this document is not taken over


def keys_of(terms: Iterable[str]) -> np.ndarray:
    """The keys (uint64) by which terms, ids and names are known."""
    digests = (blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest() for term in terms)
    return np.frombuffer(b"".join(digests), "<u8")


def numbered(lists: Sequence[Iterable[str]]) -> tuple[np.ndarray, np.ndarray]:
    """The sorted keys of all terms in the lists, and for each term, list by list, the place of its key."""
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    codes = np.fromiter(map(vocabulary.__getitem__, chain.from_iterable(lists)), np.int64)
    keys, places = np.unique(keys_of(vocabulary), return_inverse=True)
    return keys, places[codes]


def narrow(values: np.ndarray) -> np.ndarray:
    """Counts in the smallest unsigned type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def starts_of(groups: np.ndarray, size: int) -> np.ndarray:
    """Where each of `size` groups begins (int64 [size + 1]) in items sorted by group."""
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(groups, minlength=size), out=starts[1:])
    return starts


@dataclass(frozen=True, slots=True)
class Postings:
    """keys uint64 [t], sorted; starts int64 [t + 1]; docs int32 [p], ascending inside a term; values [p]."""

    keys: np.ndarray
    starts: np.ndarray
    docs: np.ndarray
    values: np.ndarray

    @classmethod
    def of_weights(cls, lists: Sequence[Sequence[str]], weights: np.ndarray) -> "Postings":
        """From each document's distinct terms, with the weights (float32) of all of them, document by document."""
        keys, terms = numbered(lists)
        docs = np.repeat(np.arange(len(lists)), [len(terms) for terms in lists])
        order = np.argsort(terms, kind="stable")
        return cls(keys, starts_of(terms, len(keys)), docs[order].astype(np.int32), weights[order])

    def slices(self, keys: np.ndarray) -> list[tuple[int, int]]:
        """Where the postings of each key lie; (0, 0) for a term that no document holds."""
        if not len(self.keys):
            return [(0, 0)] * len(keys)
        places = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        known = self.keys[places] == keys
        starts = np.where(known, self.starts[places], 0)
        ends = np.where(known, self.starts[places + 1], 0)
        return list(zip(starts.tolist(), ends.tolist(), strict=True))


def merge_postings(parts: Sequence[tuple[Postings, np.ndarray]], n_docs: int) -> tuple[Postings, np.ndarray]:
    """One for all, the documents renumbered; and where each of its postings stood in the parts laid end to end."""
    keys = np.unique(np.concatenate([part.keys for part, _ in parts]))
    terms = np.concatenate([np.repeat(np.searchsorted(keys, part.keys), np.diff(part.starts)) for part, _ in parts])
    docs = np.concatenate([renumbering[part.docs] for part, renumbering in parts])
    kept = np.flatnonzero(docs != NOBODY)
    kept = kept[np.argsort(terms[kept] * n_docs + docs[kept], kind="stable")]
    starts = starts_of(terms[kept], len(keys))
    used = np.diff(starts) > 0
    values = np.concatenate([part.values for part, _ in parts])[kept]
    starts = np.append(starts[:-1][used], starts[-1])
    return Postings(keys[used], starts, docs[kept].astype(np.int32), values), kept
