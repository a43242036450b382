"""Names from A to Z by pinyin."""

import re
import string
from dataclasses import dataclass

from search.engine.base import Engine
from search.text.pinyin import sort_key

BEGINNING = re.compile(r"[a-z0-9]{1,8}")
LETTERS = (*string.ascii_lowercase, *string.digits)
MOST = 1000  # names on one page; where there are more, two letters are offered


@dataclass(frozen=True, slots=True)
class LetterAnswer:
    """The names under some first letters, sorted by pinyin; letters: those that have names; more: longer beginnings."""

    prefix: str
    letters: tuple[str, ...]
    names: tuple[str, ...]
    more: tuple[str, ...] = ()


def letter_answer(engine: Engine, prefix: str) -> LetterAnswer:
    """What the page of a letter shows: titles and aliases that begin so, in pinyin, in initials or as they are."""
    letters = tuple(letter for letter in LETTERS if engine.complete(letter, 1))
    found = engine.complete(prefix, MOST + 1)
    if len(found) > MOST:
        more = tuple(prefix + letter for letter in LETTERS if engine.complete(prefix + letter, 1))
        return LetterAnswer(prefix, letters, (), more)
    return LetterAnswer(prefix, letters, tuple(sorted(found, key=lambda name: (sort_key(name), name))))
