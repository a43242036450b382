"""Where to go from a search that found nothing: every way with the number of hits that it gives."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from search.query import Hit, Query
from search.ranking import ranking, rankings, wide_open
from search.searcher import Searcher
from web.params import SearchParams

MOST = 6  # filters that are dropped in turn: each is a search of its own
NEAREST = 10


@dataclass(frozen=True, slots=True)
class WayOut:
    """Other parameters and how many hits they give; `dropped` is the (field, value) that they leave out, if it is one."""

    params: SearchParams
    total: int
    dropped: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WaysOut:
    """Filters to drop, rankings to change to, and the pages nearest by meaning, whatever the filters and limits say."""

    fewer: tuple[WayOut, ...] = ()
    other: tuple[WayOut, ...] = ()
    nearest: tuple[Hit, ...] = ()


def ways_out(searcher: Searcher, params: SearchParams) -> WaysOut:
    """The ways that lead to something."""
    fewer = tuple(_useful(searcher, _with_fewer(params)))
    others = (replace(params, ranking=name, page=1) for name in rankings() if name != params.ranking)
    return WaysOut(
        fewer,
        tuple(_useful(searcher, ((one, None) for one in others))),
        searcher.search(Query(params.text, limit=NEAREST), wide_open(ranking("bert")), ()).hits if params.text else (),
    )


def _with_fewer(params: SearchParams) -> Iterator[tuple[SearchParams, tuple[str, str] | None]]:
    used = [
        (name, value) for choices in (params.include, params.exclude) for name, values in choices.items() for value in values
    ]
    for name, value in used[:MOST]:
        yield params.dropping(name, value), (name, value)
    if len(used) > 1:
        yield params.unfiltered(), None


def _useful(searcher: Searcher, ways: Iterator[tuple[SearchParams, tuple[str, str] | None]]) -> Iterator[WayOut]:
    for params, dropped in ways:
        total = 0 if params.blank else searcher.search(replace(params.query(), limit=1), params.ranking, ()).total
        if total:
            yield WayOut(params, total, dropped)
