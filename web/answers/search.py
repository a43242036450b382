"""The answer of the search page."""

from dataclasses import dataclass, replace
from functools import cached_property

from search.legs import ENCODER_DOWN
from search.query import Results
from search.ranking import ranking, rankings
from search.searcher import Searcher
from web.answers.facets import FACETS, Facet, facets
from web.answers.suggestions import Suggestion, meant
from web.answers.ways_out import WaysOut, ways_out
from web.answers.why import WORDS, ExplainedHit, explain
from web.params import HITS_A_PAGE, LAST_PAGE, SearchParams

ORDER = ("hybrid", "bm25", "tfidf", "word2vec", "bert")  # as they are shown; others follow
NEEDS = {"tfidf": "tfidf", "word2vec": "word2vec"}  # ranking -> the fitted model that it cannot do without


@dataclass(frozen=True)
class SearchAnswer:
    """One page of results and what leads on from it; params: what it answers, with the number of a page that there is.

    paused: rankings that a model is missing for; ways_out: only where nothing was found.
    """

    params: SearchParams
    results: Results
    meant: tuple[Suggestion, ...] = ()
    ways_out: WaysOut | None = None
    paused: frozenset[str] = frozenset()

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return pages(self.results)

    @property
    def near_pages(self) -> tuple[int, ...]:
        """The pages that a pager names: the first, the last, and those around this one."""
        page = self.params.page
        return tuple(sorted({1, self.pages, *range(max(1, page - 1), min(self.pages, page + 1) + 1)}))

    @cached_property
    def hits(self) -> tuple[ExplainedHit, ...]:
        """The hits with what a page shows of them."""
        return tuple(explain(hit, self.params.text) for hit in self.results.hits)

    @property
    def reads_words(self) -> bool:
        """Whether the ranking has a leg that looks for words."""
        return any(leg.field in WORDS for leg in ranking(self.params.ranking).legs)

    @property
    def facets(self) -> tuple[Facet, ...]:
        """The values to filter by."""
        return facets(self.results.facets, self.params)

    @property
    def chosen(self) -> tuple[tuple[str, str, bool], ...]:
        """(field, value, excluded) of every filter in use."""
        sides = ((self.params.include, False), (self.params.exclude, True))
        return tuple((name, value, out) for choices, out in sides for name, values in choices.items() for value in values)

    @property
    def rankings(self) -> tuple[str, ...]:
        """The rankings to switch to."""
        return tuple(dict.fromkeys((*(name for name in ORDER if name in rankings()), *rankings())))


def search_answer(searcher: Searcher, params: SearchParams) -> SearchAnswer:
    """What the search page and /api/search show; a page past the end is the last one."""
    results = searcher.search(params.query(), params.ranking, FACETS)
    if params.page > pages(results):
        params = replace(params, page=pages(results))
        results = searcher.search(params.query(), params.ranking, FACETS)
    leading_on = None if results.total else ways_out(searcher, params)
    return SearchAnswer(params, results, meant(searcher, params), leading_on, _paused(searcher, results))


def pages(results: Results) -> int:
    """How many pages of hits there are; at least one."""
    return max(1, min(LAST_PAGE, -(-results.total // HITS_A_PAGE)))


def _paused(searcher: Searcher, results: Results) -> frozenset[str]:
    analyzer = searcher.analyzer
    missing = {name for name, model in NEEDS.items() if analyzer and getattr(analyzer, model) is None}
    return frozenset(missing | ({"bert"} if ENCODER_DOWN in results.notices else set()))
