"""Names that begin as somebody types: in characters, pinyin or initials."""

import re
from dataclasses import dataclass

from search.engine.base import Engine
from search.searcher import Searcher
from search.text.normalize import fold
from web.params import SearchParams

MOST = 8
MAX_CHARS = 40  # no name is begun with more
OFFERED = 3
_LATIN = re.compile(r"[a-z][a-z0-9' -]+")
_NO_LETTER = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name and how many hits it finds."""

    name: str
    total: int


def suggestions(engine: Engine, typed: str, most: int = MOST) -> list[str]:
    """Names that begin with what is typed; pinyin may have spaces (tou tong)."""
    folded = fold(typed).strip()
    if not folded or len(folded) > MAX_CHARS:
        return []
    found = engine.complete(folded, most)
    together = _NO_LETTER.sub("", folded)
    if together != folded and _LATIN.fullmatch(folded):
        found += engine.complete(together, most)
    return list(dict.fromkeys(found))[:most]


def meant(searcher: Searcher, params: SearchParams) -> tuple[Suggestion, ...]:
    """Names that latin letters may stand for, with the hits that each finds under the same ranking and filters."""
    if not _LATIN.fullmatch(fold(params.text).strip()):
        return ()
    names = [name for name in suggestions(searcher.engine, params.text, OFFERED) if fold(name) != fold(params.text)]
    queries = ((name, SearchParams(name, params.ranking, params.include, params.exclude)) for name in names)
    return tuple(Suggestion(name, searcher.search(one.query(), one.ranking, ()).total) for name, one in queries)
