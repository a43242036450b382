"""One field to filter and count by in a segment."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from search.engine.embedded.postings import NOBODY, starts_of
from search.engine.embedded.strings import Strings


@dataclass(frozen=True, slots=True)
class Values:
    """The field's values, sorted; starts int64 [v + 1] and docs int32 [p]: who has each, at least one document."""

    names: Strings
    starts: np.ndarray
    docs: np.ndarray

    @classmethod
    def of(cls, lists: Sequence[Iterable[str]]) -> "Values":
        """The field of documents with these values."""
        pairs = sorted((value, doc) for doc, values in enumerate(lists) for value in set(values))
        return cls._of([value for value, _ in pairs], np.array([doc for _, doc in pairs], np.int32))

    @classmethod
    def merged(cls, parts: Sequence[tuple["Values", np.ndarray]]) -> "Values":
        """The parts' documents renumbered."""
        names: list[str] = []
        docs = []
        for part, renumbering in parts:
            names += np.repeat(np.array(part.names.tolist(), object), np.diff(part.starts)).tolist()
            docs.append(renumbering[part.docs])
        renumbered = np.concatenate(docs)
        pairs = sorted((name, doc) for name, doc in zip(names, renumbered.tolist(), strict=True) if doc != NOBODY)
        return cls._of([value for value, _ in pairs], np.array([doc for _, doc in pairs], np.int32))

    @classmethod
    def _of(cls, sorted_names: list[str], docs: np.ndarray) -> "Values":
        names = list(dict.fromkeys(sorted_names))
        groups = np.cumsum([name != before for before, name in pairwise(["", *sorted_names])], dtype=np.int64) - 1
        return cls(Strings.of(names), starts_of(groups, len(names)), docs)

    def having(self, values: Iterable[str]) -> np.ndarray:
        """The documents (int32) that have any of the values; one may come twice."""
        names = self.names.texts
        places = [place for value in set(values) if (place := bisect_left(names, value)) < len(names) and names[place] == value]
        return np.concatenate([self.docs[self.starts[place] : self.starts[place + 1]] for place in places] or [self.docs[:0]])

    def count(self, chosen: np.ndarray) -> list[tuple[str, int]]:
        """Each value that a chosen document (bool [n]) has, with the number of them."""
        if not len(self.docs):
            return []
        counts = np.add.reduceat(chosen[self.docs], self.starts[:-1], dtype=np.int64)
        return [(name, count) for name, count in zip(self.names.texts, counts.tolist(), strict=True) if count]
