"""Whole names as single terms: a page's title and aliases, and every stretch of a query that may be one.

A name is a term as its words are said and, where it has synonyms, in its canonical spelling, so that who says it in the page's own
words finds that page before those of its synonyms; and once letter for letter, for who types nothing else.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from search.text.concepts import Concepts
from search.text.segment import character_words

MAX_WORDS = 8  # of a name inside a question; a longer one is a sentence, and found where it is the whole question
MAX_BYTES = 240  # of a term: Elasticsearch's whitespace analyzer cuts longer ones at 255 characters
LITERAL = "="  # before the term of a name letter for letter
BORDER = "|"  # in a term, for punctuation between two words: 头，痛 is not 头痛
# Possible names of one question: Elasticsearch takes only so many terms. 19,000 questions of up to 250 characters had 970 at most, one
# of 2,000 may have 15,000. Of 8,785 pages 9 in 10 have a title of at most 4 words.
MAX_POSSIBLE = 4000
_BRACKETS = re.compile(r"[()（）\[\]【】〔〕「」《》<>]")
_PUNCTUATION = re.compile(r"[^\w\s\-·'’/+.]|\n")


def whole_names(names: Iterable[str], concepts: Concepts) -> tuple[str, ...]:
    """The terms of a page with these names; what stands before and in brackets are two names."""
    parts = (part for name in dict.fromkeys(names) for part in (name, *_BRACKETS.split(name)))
    found = (term for part in parts for term in (literal_name(part), *_spellings(_words(part, concepts), concepts)))
    return tuple(dict.fromkeys(filter(None, found)))


def possible_names(text: str, concepts: Concepts) -> tuple[str, ...]:
    """The whole text and each stretch of up to MAX_WORDS words of it, as the terms that a name of that wording has.

    In a long text of fewer words, so that there are at most MAX_POSSIBLE; each single word is there in any case.
    """
    words = _words(text, concepts)
    found = dict.fromkeys(_spellings(words, concepts))
    for size in range(1, MAX_WORDS + 1):
        stretches = (words[start : start + size] for start in range(len(words) - size + 1))
        longer = dict.fromkeys(term for stretch in stretches for term in _spellings(stretch, concepts))
        if size > 1 and len(found | longer) > MAX_POSSIBLE:
            break
        found |= longer
    return tuple(found)


def literal_name(text: str) -> str:
    """The term of a name that reads just like this, punctuation and spaces apart; empty where it would hold nothing, or too much."""
    term = LITERAL + "".join(character_words(text))
    return term if term != LITERAL and len(term.encode()) <= MAX_BYTES else ""


class _Word(NamedTuple):
    """A word as it is said and as it is spelled, with the border before it."""

    said: str
    canonical: str


def _words(text: str, concepts: Concepts) -> list[_Word]:
    words: list[_Word] = []
    reached = 0
    for term in concepts.outermost(text):
        border = BORDER if _PUNCTUATION.search(text, reached, term.start) else ""
        words.append(_Word(border + term.text, border + concepts.canonical(term.text)))
        reached = term.end
    return words


def _spellings(words: Sequence[_Word], concepts: Concepts) -> tuple[str, ...]:
    """One name's words in one term, as said and canonical; a name that is a synonym as a whole counts as such."""
    said = "".join(word.said for word in words).removeprefix(BORDER)
    canonical = concepts.canonical("".join(word.canonical for word in words).removeprefix(BORDER))
    return tuple(term for term in (said, canonical) if 0 < len(term.encode()) <= MAX_BYTES)
