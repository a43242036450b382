"""Whole names as single terms: a page's title and aliases, and every stretch of a query that may be one.

A name is a term twice where it has synonyms: as it is said and in its canonical spelling, so that who says it in the page's own
words finds that page before those of its synonyms.
"""

import re
from collections.abc import Iterable, Iterator

from search.text.concepts import Concepts
from search.text.segment import Term

MAX_WORDS = 8  # of a name; longer titles are sentences, and nobody types them whole
MAX_BYTES = 240  # of a term: Elasticsearch's whitespace analyzer cuts longer ones at 255 characters
_BRACKETS = re.compile(r"[()（）\[\]【】〔〕「」《》<>]")
_BORDER = re.compile(r"[^\w\s\-·'’/+.]|\n")


def whole_names(names: Iterable[str], concepts: Concepts) -> tuple[str, ...]:
    """The terms of a page with these names; what stands before and in brackets are two names."""
    parts = (part for name in dict.fromkeys(names) for part in _BRACKETS.split(name))
    found = (term for part in parts for term in _spellings(concepts.outermost(part), concepts))
    return tuple(dict.fromkeys(found))


def possible_names(text: str, concepts: Concepts) -> tuple[str, ...]:
    """Each stretch of up to MAX_WORDS words of the text that no punctuation divides, as the terms that a name of that wording has."""
    found: dict[str, None] = {}
    for run in _runs(text, concepts.outermost(text)):
        for start in range(len(run)):
            for end in range(start + 1, min(start + MAX_WORDS, len(run)) + 1):
                found.update(dict.fromkeys(_spellings(run[start:end], concepts)))
    return tuple(found)


def _spellings(words: list[Term], concepts: Concepts) -> tuple[str, ...]:
    """One name's words in one term, as said and canonical; a name that is a synonym as a whole counts as such."""
    said = "".join(word.text for word in words)
    canonical = concepts.canonical("".join(concepts.canonical(word.text) for word in words))
    return tuple(term for term in (said, canonical) if 0 < len(term.encode()) <= MAX_BYTES)


def _runs(text: str, words: list[Term]) -> Iterator[list[Term]]:
    run: list[Term] = []
    for word in words:
        if run and _BORDER.search(text, run[-1].end, word.start):
            yield run
            run = []
        run.append(word)
    if run:
        yield run
