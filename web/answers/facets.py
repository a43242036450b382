"""A field's values to filter by: those in use first, then the most frequent, paths under their parents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from search.errors import BadQuery
from search.searcher import Searcher
from search.text.normalize import fold
from search.text.pinyin import sort_key
from web.params import PATHS, SearchParams, address

FACETS = ("department", "source", "kind", "year")  # what is shown; any other of query.FIELDS filters too
FEW = 6
ORDERS = ("count", "pinyin")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value; count: how many hits of it the list holds that choosing it gives; depth: in its path, from 0."""

    value: str
    count: int
    depth: int = 0
    chosen: bool = False
    excluded: bool = False

    @property
    def last(self) -> str:
        """The last step of its path."""
        return self.value.rsplit("/", 1)[-1] if self.depth else self.value


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with the values to show, and how many there are in all."""

    name: str
    values: tuple[FacetValue, ...]
    total: int


def facets(counts: Mapping[str, Mapping[str, int]], params: SearchParams) -> tuple[Facet, ...]:
    """The facets beside a list of hits, a few values each."""
    found = (facet(name, counts.get(name, {}), params) for name in FACETS)
    return tuple(one for one in found if one.values)


def facet(name: str, counts: Mapping[str, int], params: SearchParams, most: int | None = FEW, order: str = "count") -> Facet:
    """One field: chosen and excluded values lead, then the most frequent (so many, or all for None), by count or by pinyin."""
    chosen, excluded = params.include.get(name, ()), params.exclude.get(name, ())
    frequent = sorted(counts, key=lambda value: (-counts[value], value))[:most]
    listed = _with_parents(name, (*chosen, *excluded, *frequent))
    leading = frozenset(_with_parents(name, (*chosen, *excluded)))

    def key(value: str) -> tuple[bool, object, str]:
        return value not in leading, sort_key(value) if order == "pinyin" else -counts.get(value, 0), value

    places = {value: place for place, value in enumerate(sorted(listed, key=key))}
    ordered = sorted(listed, key=lambda value: [places[path] for path in _with_parents(name, [value])])
    values = tuple(
        FacetValue(value, counts.get(value, 0), _depth(name, value), value in chosen, value in excluded) for value in ordered
    )
    return Facet(name, values, len(counts))


@dataclass(frozen=True, slots=True)
class FacetAnswer:
    """All values of a field, or those whose name holds what was sought."""

    params: SearchParams
    facet: Facet
    find: str
    order: str

    def url(self, path: str, order: str) -> str:
        """The address of the same values in another order."""
        pairs = [*replace(self.params, page=1).pairs(), ("find", self.find), ("order", order if order != ORDERS[0] else "")]
        return address(path, [(name, value) for name, value in pairs if value])


def facet_answer(searcher: Searcher, name: str, params: SearchParams, find: str, order: str) -> FacetAnswer:
    """What the page of a facet and its twin show. BadQuery names the facets and orders that there are."""
    if name not in FACETS:
        raise BadQuery("没有名为“%(name)s”的筛选；可选：%(known)s。", name=name[:20], known=" ".join(FACETS))
    if order not in ORDERS:
        raise BadQuery("order=%(given)s 不是顺序；可选：%(known)s。", given=order[:20], known=" ".join(ORDERS))
    query = replace(params.query(), limit=1, offset=0)  # for its counts alone
    if params.blank:
        query = replace(query, text="", sort="date")
    counts = searcher.search(query, params.ranking, (name,)).facets[name]
    wanted = {value: count for value, count in counts.items() if fold(find) in fold(value)}
    return FacetAnswer(params, facet(name, wanted, params, None, order), find, order)


def _with_parents(name: str, values: Iterable[str]) -> list[str]:
    """The values, of paths each after its parents."""
    if name not in PATHS:
        return list(dict.fromkeys(values))
    return list(dict.fromkeys(path for value in values for path in accumulate(value.split("/"), "{}/{}".format)))


def _depth(name: str, value: str) -> int:
    return value.count("/") if name in PATHS else 0
