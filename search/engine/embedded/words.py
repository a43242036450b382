"""One field of terms in a segment: how often each document holds each term, how long it is, and where terms stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.engine.embedded.bm25 import coded_lengths
from search.engine.embedded.postings import Postings, keys_of, merge_postings, narrow, numbered, starts_of

MERGE_BLOCK = 4_000_000  # positions moved at a time: bounds a merge's memory to some 100 MB beyond its result


@dataclass(frozen=True, slots=True)
class Words:
    """Postings with frequencies; the documents' lengths (int32 [n]) and their one-byte codes (uint8 [n]).

    line: for a field with positions, where each term of each posting stands, on one line on which all documents stand
    one after the other with a gap between them; line_starts: where a term's places begin in it. Else both are empty.
    """

    postings: Postings
    lengths: np.ndarray
    codes: np.ndarray
    line: np.ndarray
    line_starts: np.ndarray

    @classmethod
    def of(cls, lists: Sequence[Sequence[str]], positions: bool) -> "Words":
        """The field of documents that hold these terms, in the order of the text."""
        lengths = np.fromiter(map(len, lists), np.int32, len(lists))
        keys, terms = numbered(lists)
        docs = np.repeat(np.arange(len(lists)), lengths)
        order = np.argsort(narrow(terms), kind="stable")  # tokens come document by document, so docs ascend inside a term
        terms, docs = terms[order], docs[order]
        first = np.flatnonzero(np.diff(terms * len(lists) + docs, prepend=-1))
        counts = narrow(np.diff(first, append=len(terms)))
        postings = Postings(keys, starts_of(terms[first], len(keys)), docs[first].astype(np.int32), counts)
        line = line_starts = np.zeros(0, np.int64)
        if positions:
            line, line_starts = narrow(order + docs), starts_of(terms, len(keys))  # + docs: a gap of one before each
        return cls(postings, lengths, coded_lengths(lengths), line, line_starts)

    @classmethod
    def merged(cls, parts: Sequence[tuple["Words", np.ndarray]], order: np.ndarray) -> "Words":
        """The parts' documents renumbered; `order`: where each new document stood in the parts laid end to end."""
        lengths = np.concatenate([part.lengths for part, _ in parts])[order]
        postings, kept = merge_postings([(part.postings, renumbering) for part, renumbering in parts], len(order))
        line = line_starts = np.zeros(0, np.int64)
        if any(len(part.line) for part, _ in parts):
            line = _merged_line([part for part, _ in parts], postings, kept, lengths)
            line_starts = np.append(0, np.cumsum(postings.values, dtype=np.int64))[postings.starts]
        return cls(postings, lengths, coded_lengths(lengths), line, line_starts)

    def with_phrase(self, terms: Sequence[str]) -> np.ndarray:
        """The documents (int64, ascending) in which these terms stand side by side in this order."""
        places = [self._places(key) for key in keys_of(terms)]
        rarest = min(range(len(places)), key=lambda i: len(places[i]))
        starts = places[rarest].astype(np.int64) - rarest
        for offset, wanted in enumerate(places):
            if offset != rarest and len(starts):
                near = np.searchsorted(wanted, starts + offset).clip(max=len(wanted) - 1)
                starts = starts[wanted[near] == starts + offset]
        return np.unique(np.searchsorted(doc_starts(self.lengths), starts, side="right") - 1)

    def _places(self, key: np.ndarray) -> np.ndarray:
        place = int(np.searchsorted(self.postings.keys, key))
        if place == len(self.postings.keys) or self.postings.keys[place] != key:
            return self.line[:0]
        return self.line[self.line_starts[place] : self.line_starts[place + 1]]


def doc_starts(lengths: np.ndarray) -> np.ndarray:
    """Where each document begins on the line (int64 [n]): one empty place stands between two."""
    return np.cumsum(lengths + np.int64(1)) - lengths - 1


def _merged_line(parts: Sequence[Words], postings: Postings, kept: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The merged line: each posting's run of places, moved to where its document now begins."""
    runs = np.concatenate([part.postings.values for part in parts]).astype(np.int64)
    begins = (np.cumsum(runs) - runs)[kept]
    old = np.concatenate([doc_starts(part.lengths)[part.postings.docs] for part in parts])[kept]
    moves = doc_starts(lengths)[postings.docs] - old
    source = np.concatenate([part.line for part in parts])
    runs = runs[kept]
    ends = np.cumsum(runs)
    total = int(ends[-1]) if len(ends) else 0
    line = np.empty(total, np.min_scalar_type(total + len(lengths)))
    cuts = np.searchsorted(ends, np.arange(0, total, MERGE_BLOCK), side="right")
    for a, b in zip(cuts, [*cuts[1:], len(runs)], strict=True):
        done = int(ends[a] - runs[a])
        shifts = np.repeat(begins[a:b] - (ends[a:b] - runs[a:b]), runs[a:b])
        target = np.arange(done, done + len(shifts))
        line[done : done + len(shifts)] = source[target + shifts] + np.repeat(moves[a:b], runs[a:b])
    return line
