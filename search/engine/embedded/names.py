"""The names that a segment's documents suggest."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from search.document import Name
from search.engine.embedded.postings import NOBODY
from search.engine.embedded.strings import Strings

LAST = "\U0010ffff"  # sorts after every key that goes on after the prefix


@dataclass(frozen=True, slots=True)
class Names:
    """Keys in alphabetical order, with the name each stands for, its length in characters (int32) and its document (int32)."""

    keys: Strings
    shown: Strings
    sizes: np.ndarray
    docs: np.ndarray

    @classmethod
    def of(cls, lists: Sequence[Sequence[Name]]) -> "Names":
        """Of the documents' names."""
        return cls._of([(key, name.shown, doc) for doc, names in enumerate(lists) for name in names for key in name.keys])

    @classmethod
    def merged(cls, parts: Sequence[tuple["Names", np.ndarray]]) -> "Names":
        """The parts' documents renumbered."""
        rows: list[tuple[str, str, int]] = []
        for part, renumbering in parts:
            rows += zip(part.keys.tolist(), part.shown.tolist(), renumbering[part.docs].tolist(), strict=True)
        return cls._of([row for row in rows if row[2] != NOBODY])

    @classmethod
    def _of(cls, rows: list[tuple[str, str, int]]) -> "Names":
        rows.sort()
        keys, shown, docs = zip(*rows, strict=True) if rows else ((), (), ())
        sizes = np.array([len(key) for key in keys], np.int32)
        return cls(Strings.of(keys), Strings.of(shown), sizes, np.array(docs, np.int32))

    def starting_with(self, prefix: str, alive: np.ndarray) -> Iterator[tuple[int, str]]:
        """(key's length, name shown) of living documents' keys that begin so, shortest key first."""
        first = bisect_left(self.keys, prefix)  # type: ignore[arg-type]
        last = bisect_left(self.keys, prefix + LAST, lo=first)  # type: ignore[arg-type]
        places = first + np.flatnonzero(alive[self.docs[first:last]])
        sizes = self.sizes[places]
        for place in places[np.argsort(sizes, kind="stable")].tolist():
            yield int(self.sizes[place]), self.shown[place]
