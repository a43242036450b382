"""What the addresses under /api answer, as plain values: made of what the pages show. Knows no Flask.

These types are what /api/openapi.json describes; fields may be added, never renamed.
"""

from collections.abc import Callable, Iterable
from typing import TypedDict

from search import show
from search.document import Version
from search.ranking import Ranking
from web.answers.document import DocumentAnswer
from web.answers.facets import FacetAnswer
from web.answers.library import Library
from web.answers.pieces import Piece
from web.answers.search import SearchAnswer
from web.answers.ways_out import WayOut, WaysOut

SEARCH = "/api/search"


class SuggestedRow(TypedDict):
    """A name and how many hits it finds."""

    name: str
    total: int


class WayOutRow(TypedDict):
    """An address that finds something and how much; field and value: the filter that it leaves out, where it is one."""

    url: str
    total: int
    field: str | None
    value: str | None


class WaysOutRow(TypedDict):
    """Where to go from nothing found: with fewer filters, by another ranking, and what is nearest by meaning."""

    fewer: list[WayOutRow]
    other: list[WayOutRow]
    nearest: list[show.HitRow]


class SearchPage(show.SearchRow):
    """One page of hits; paused: rankings that a model is missing for; ways_out: only where nothing was found."""

    page: int
    pages: int
    meant: list[SuggestedRow]
    paused: list[str]
    ways_out: WaysOutRow | None


class FacetValueRow(TypedDict):
    """A value; count: how many hits the list holds that choosing it gives; depth: in its path, from 0."""

    value: str
    count: int
    depth: int
    chosen: bool
    excluded: bool


class FacetPage(TypedDict):
    """The values of a field, those in use first; total: how many there are."""

    name: str
    find: str
    order: str
    total: int
    values: list[FacetValueRow]


class SectionRow(TypedDict):
    """A headed stretch of the text, [start, end) in characters."""

    heading: str
    start: int
    end: int


class VersionRow(TypedDict):
    """A version of a document; digest: SHA-256 of title and text, published_at: date, captured_at: time in UTC."""

    number: int
    digest: str
    published_at: str | None
    captured_at: str | None


class SimilarRow(TypedDict):
    """Another document."""

    doc_id: str
    title: str


class DocumentPage(TypedDict):
    """A version of a document with the facts of its newest one; marks: [start, end) of the words of `q` in title and text."""

    doc_id: str
    title: str
    source: str
    url: str
    kind: str
    departments: list[str]
    aliases: list[str]
    series: str
    edition: str
    effective_on: str | None
    published_at: str | None
    captured_at: str | None
    version: int
    newest: bool
    versions: list[VersionRow]
    text: str
    sections: list[SectionRow]
    title_marks: list[list[int]]
    text_marks: list[list[int]]
    similar: list[SimilarRow]


class SuggestPage(TypedDict):
    """Names that begin as somebody types."""

    suggestions: list[str]


class AboutPage(TypedDict):
    """What the library holds; sources: name -> documents; newest: a date; rankings: name -> its legs."""

    documents: int
    sources: dict[str, int]
    newest: str | None
    rankings: dict[str, list[str]]


def search_page(answer: SearchAnswer, translated: Callable[..., str]) -> SearchPage:
    """The twin of the search page; translated: a sentence, with its values, in the language asked for."""
    params = answer.params
    row = show.to_dict(params.query(), params.ranking, answer.results)
    unused = [translated(sentence, name=name) for sentence, name in params.notices]
    row["notices"] = [*unused, *map(translated, row["notices"])]
    return SearchPage(
        **row,
        page=params.page,
        pages=answer.pages,
        meant=[SuggestedRow(name=one.name, total=one.total) for one in answer.meant],
        paused=sorted(answer.paused),
        ways_out=_ways_out(answer.ways_out) if answer.ways_out else None,
    )


def facet_page(answer: FacetAnswer) -> FacetPage:
    """The twin of the page of a facet."""
    values = [
        FacetValueRow(value=one.value, count=one.count, depth=one.depth, chosen=one.chosen, excluded=one.excluded)
        for one in answer.facet.values
    ]
    return FacetPage(name=answer.facet.name, find=answer.find, order=answer.order, total=answer.facet.total, values=values)


def document_page(answer: DocumentAnswer) -> DocumentPage:
    """The twin of a document's page."""
    document, version = answer.entry.document, answer.version
    facts = document.facts
    sentences = [one for part in answer.parts for paragraph in part.paragraphs for one in paragraph]
    return DocumentPage(
        doc_id=document.doc_id,
        title=version.title,
        source=document.source,
        url=document.url,
        kind=facts.kind,
        departments=list(facts.departments),
        aliases=list(facts.aliases),
        series=facts.series,
        edition=facts.edition,
        effective_on=facts.effective_on.isoformat() if facts.effective_on else None,
        published_at=_version(version)["published_at"],
        captured_at=_version(version)["captured_at"],
        version=version.number,
        newest=answer.newest,
        versions=[_version(one) for one in answer.versions],
        text=version.text,
        sections=[SectionRow(heading=one.heading, start=one.start, end=one.end) for one in version.sections],
        title_marks=marks(answer.title),
        text_marks=[pair for one in sentences for pair in marks(one.pieces, one.start)],
        similar=[SimilarRow(doc_id=one.doc_id, title=one.title) for one in answer.similar],
    )


def about_page(library: Library, sources: dict[str, int], rankings: Iterable[Ranking]) -> AboutPage:
    """The twin of the page about what is in here."""
    legs = {one.name: [leg.name for leg in one.legs] for one in rankings}
    newest = library.newest.isoformat() if library.newest else None
    return AboutPage(documents=library.documents, sources=sources, newest=newest, rankings=legs)


def marks(pieces: Iterable[Piece], start: int = 0) -> list[list[int]]:
    """[start, end) of the marked pieces, where the first piece begins at `start`."""
    found = []
    for piece in pieces:
        if piece.marked:
            found.append([start, start + len(piece.text)])
        start += len(piece.text)
    return found


def _ways_out(found: WaysOut) -> WaysOutRow:
    return WaysOutRow(
        fewer=[_way_out(one) for one in found.fewer],
        other=[_way_out(one) for one in found.other],
        nearest=[show.hit_row(hit) for hit in found.nearest],
    )


def _way_out(one: WayOut) -> WayOutRow:
    field, value = one.dropped or (None, None)
    return WayOutRow(url=one.params.url(SEARCH), total=one.total, field=field, value=value)


def _version(version: Version) -> VersionRow:
    return VersionRow(
        number=version.number,
        digest=version.digest,
        published_at=version.published_at.isoformat() if version.published_at else None,
        captured_at=version.captured_at.isoformat() if version.captured_at else None,
    )
