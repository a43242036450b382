"""The answer of the search page."""

from dataclasses import dataclass, replace

from search.query import Results
from search.searcher import Searcher
from web.params import HITS_A_PAGE, LAST_PAGE, SearchParams

FACETS = ("department", "source", "kind", "year")


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page of results, and the parameters that it answers (the page number is one that there is)."""

    params: SearchParams
    results: Results

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, min(LAST_PAGE, -(-self.results.total // HITS_A_PAGE)))


def search_answer(searcher: Searcher, params: SearchParams) -> SearchAnswer:
    """What the search page and /api/search show; a page past the end is the last one."""
    answer = SearchAnswer(params, searcher.search(params.query(), params.ranking, FACETS))
    if params.page <= answer.pages:
        return answer
    last = replace(params, page=answer.pages)
    return SearchAnswer(last, searcher.search(last.query(), last.ranking, FACETS))
