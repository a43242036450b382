"""One generation as it stood at one moment: its segments, which of their documents live, and the statistics over all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from search.engine.embedded.generations import Stored
from search.engine.embedded.segment import Segment


@dataclass(frozen=True, slots=True)
class Shard:
    """A segment's part: live (bool [n]) are documents that nothing later replaced; `base` numbers them among all."""

    segment: Segment
    live: np.ndarray
    base: int

    def __len__(self) -> int:
        return len(self.segment)


class Filed(NamedTuple):
    """How far files go: the seq up to which they cover the log, and how many of the first segments they are."""

    seq: int
    segments: int


class Snapshot:
    """Documents are numbered through all shards: base + number in the segment. Nothing in it changes."""

    def __init__(self, stored: Stored, seq: int, parts: Sequence[tuple[Segment, np.ndarray]], filed: Filed) -> None:
        """`parts`: segments and which of their documents live, oldest first; `seq`: of the last write they hold."""
        self.stored = stored
        self.seq = seq
        self.filed = filed
        ends = accumulate(len(segment) for segment, _ in parts)
        self.shards = tuple(Shard(*part, end - len(part[0])) for part, end in zip(parts, ends, strict=True))
        self._lengths: dict[str, tuple[int, float]] = {}
        self._row_docs: dict[str, np.ndarray] = {}
        self._unseen_rows: dict[str, np.ndarray] = {}

    def __len__(self) -> int:
        return sum(len(shard) for shard in self.shards)

    @cached_property
    def visible(self) -> np.ndarray:
        """Documents that may be found (bool [n])."""
        return self._joined([shard.live & ~shard.segment.hidden for shard in self.shards], bool)

    @cached_property
    def untouched(self) -> tuple[bool, ...]:
        """For each shard, whether all of its documents live."""
        return tuple(bool(shard.live.all()) for shard in self.shards)

    @cached_property
    def newest(self) -> np.ndarray:
        """The newest editions (bool [n])."""
        return self._joined([shard.segment.newest for shard in self.shards], bool)

    @cached_property
    def days(self) -> np.ndarray:
        """Publication days as ordinals (int32 [n])."""
        return self._joined([shard.segment.days for shard in self.shards], np.int32)

    @cached_property
    def ids(self) -> np.ndarray:
        """The documents' ids (object [n])."""
        return self._joined([np.array(shard.segment.ids.texts, object) for shard in self.shards], object)

    def shard_of(self, docs: np.ndarray) -> np.ndarray:
        """The number of each document's shard."""
        return np.searchsorted([shard.base + len(shard) for shard in self.shards], docs, side="right")

    def row_docs(self, field: str) -> np.ndarray:
        """Whose each row of vectors is (int64 [r]), shard by shard."""
        if field not in self._row_docs:
            rows = [shard.segment.vectors[field].docs + shard.base for shard in self.shards]
            self._row_docs[field] = self._joined(rows, np.int64)
        return self._row_docs[field]

    def unseen_rows(self, field: str) -> np.ndarray:
        """The rows (int64) of vectors whose documents may not be found."""
        if field not in self._unseen_rows:
            self._unseen_rows[field] = np.flatnonzero(~self.visible[self.row_docs(field)])
        return self._unseen_rows[field]

    def lengths(self, field: str) -> tuple[int, float]:
        """How many living documents have the field of words, and its average length in terms."""
        if field not in self._lengths:
            lengths = [shard.segment.words[field].lengths[shard.live] for shard in self.shards]
            n_docs = sum(int(np.count_nonzero(part)) for part in lengths)
            total = sum(int(part.sum(dtype=np.int64)) for part in lengths)
            self._lengths[field] = (n_docs, total / n_docs if n_docs else 1.0)
        return self._lengths[field]

    def _joined(self, parts: Sequence[np.ndarray], kind: type) -> np.ndarray:
        return np.concatenate([np.zeros(0, kind), *parts]).astype(kind, copy=False)


def without(live: np.ndarray, dead: np.ndarray) -> np.ndarray:
    """The living less those that something later replaced; the array given stays as it was."""
    if not live[dead].any():
        return live
    live = live.copy()
    live[dead] = False
    return live
