"""What the filters leave of a snapshot, and counts of values in what is left."""

from collections.abc import Iterable
from functools import reduce

import numpy as np

from search.engine.embedded.segment import NO_DAY
from search.engine.embedded.snapshot import Snapshot
from search.errors import BadQuery
from search.query import CHARACTER_FIELDS, FIELDS, Filters, Phrase


class Cuts:
    """The filters of one search, read once, as masks over documents (bool [n])."""

    def __init__(self, snapshot: Snapshot, filters: Filters) -> None:
        """BadQuery: unknown field, phrase without terms or in a field without positions."""
        self._snapshot = snapshot
        self._common = [
            *(self._with_phrase(phrase) for phrase in filters.phrases),
            *(~self._with_phrase(phrase) for phrase in filters.without_terms),
            *self._dates(filters),
            *([snapshot.newest] if filters.newest_only else []),
        ]
        self._fields = {field: self._chosen(field, filters) for field in {**filters.include, **filters.exclude}}

    def cut(self, documents: np.ndarray, leave_out: str = "") -> np.ndarray:
        """Which of the documents (bool [n]) pass all filters, less the choices in one field."""
        masks = [mask for field, mask in self._fields.items() if field != leave_out]
        return reduce(np.logical_and, [*self._common, *masks], documents)

    def count(self, documents: np.ndarray, facets: Iterable[str]) -> dict[str, dict[str, int]]:
        """For each field, how many of the documents that pass have each value. BadQuery: unknown field."""
        whole = self.cut(documents)
        return {field: self._count(field, self.cut(documents, field) if field in self._fields else whole) for field in facets}

    def _count(self, field: str, documents: np.ndarray) -> dict[str, int]:
        _known(field)
        counts: dict[str, int] = {}
        for shard in self._snapshot.shards:
            inside = documents[shard.base : shard.base + len(shard)]
            for value, count in shard.segment.values[field].count(inside):
                counts[value] = counts.get(value, 0) + count
        return counts

    def _chosen(self, field: str, filters: Filters) -> np.ndarray:
        _known(field)
        chosen = np.ones(len(self._snapshot), bool)
        if included := filters.include.get(field):
            chosen = self._having(field, included)
        if excluded := filters.exclude.get(field):
            chosen = chosen & ~self._having(field, excluded)
        return chosen

    def _having(self, field: str, values: Iterable[str]) -> np.ndarray:
        return self._marked(lambda segment: segment.values[field].having(values))

    def _with_phrase(self, phrase: Phrase) -> np.ndarray:
        if not phrase.terms or not phrase.fields or not set(phrase.fields) <= set(CHARACTER_FIELDS):
            raise BadQuery(f"短语要有词，字段要在 {'、'.join(CHARACTER_FIELDS)} 之中；给的是 {phrase}")
        found = [self._marked(lambda segment, f=field: segment.words[f].with_phrase(phrase.terms)) for field in phrase.fields]
        return np.logical_or.reduce(found)

    def _marked(self, documents) -> np.ndarray:  # noqa: ANN001 - a function of a segment
        mask = np.zeros(len(self._snapshot), bool)
        for shard in self._snapshot.shards:
            mask[documents(shard.segment) + shard.base] = True
        return mask

    def _dates(self, filters: Filters) -> Iterable[np.ndarray]:
        days = self._snapshot.days
        if filters.published_from:
            yield days >= filters.published_from.toordinal()
        if filters.published_to:
            yield (days <= filters.published_to.toordinal()) & (days != NO_DAY)


def _known(field: str) -> None:
    if field not in FIELDS:
        raise BadQuery(f"不能按 {field} 筛选或计数；可选：{'、'.join(FIELDS)}")
