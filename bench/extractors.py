"""The text of a page as this project and its peers take it out; each is given the page decoded, so that none stumbles over charsets."""

import logging
from collections.abc import Callable, Iterator

from indexer.readers import html
from indexer.readers.outline import SEPARATOR
from search.document import Document
from search.errors import BadDocument, SearchError

Extractor = Callable[[str], str]

OURS = "indexer.readers.html"


def extractors() -> dict[str, Extractor]:
    """By name, this project's first. SearchError where a peer is not installed."""
    try:
        import html2text
        import readability
        import trafilatura
    except ImportError as exc:
        raise SearchError(f"{exc}: pip install -r requirements-bench.txt") from exc
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    plain = html2text.HTML2Text(bodywidth=0)
    plain.ignore_links = plain.ignore_images = plain.ignore_emphasis = True
    return {
        OURS: ours,
        "trafilatura": lambda page: trafilatura.extract(page, include_comments=False) or "",
        "trafilatura, favouring recall": lambda page: (
            trafilatura.extract(page, include_comments=False, favor_recall=True) or ""
        ),
        "readability-lxml + html2text": lambda page: plain.handle(readability.Document(page).summary()),
        "html2text (the whole page)": plain.handle,
    }


def ours(page: str) -> str:
    """The document's text with its headings where a reader sees them; empty where the page is refused."""
    try:
        return "\n".join(_seen(html.read(page.encode())))
    except BadDocument:
        return ""


def _seen(document: Document) -> Iterator[str]:
    done = 0
    above: list[str] = []
    for section in document.sections:
        yield document.text[done : section.start]
        *parents, heading = section.heading.split(SEPARATOR)
        yield from (parent for depth, parent in enumerate(parents, 1) if above[:depth] != parents[:depth])
        yield from (heading, document.text[section.start : section.end])
        done, above = section.end, parents
    yield document.text[done:]
