"""What a person may write around words: "a phrase", -without, title:word. Everything else in a query is words."""

import re
from dataclasses import dataclass, replace

from search.query import CHARACTER_FIELDS, Filters, Phrase
from search.text.segment import character_words

TITLE_FIELDS = ("title_chars",)
# Each stands alone between white space: a quotation inside a sentence, and the hyphen of COVID-19, ask for nothing. -5 is a number.
_QUOTE, _HYPHEN, _COLON = '"“”＂', r"\-－−", ":："
_OPERATOR = re.compile(
    rf"""(?:(?<=\s)|^)
        (?:(?P<title>(?:title|标题)[{_COLON}])|(?P<without>[{_HYPHEN}](?!\d)))?
        (?:[{_QUOTE}](?P<quoted>[^{_QUOTE}]+)[{_QUOTE}]|(?P<word>(?<=[{_COLON}{_HYPHEN}])[^\s{_QUOTE}]+))
        (?=\s|$)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A query's text without its operators, and what these ask for; quoted words and those of title: stay in the text."""

    text: str
    phrases: tuple[Phrase, ...] = ()
    without: tuple[Phrase, ...] = ()

    def narrowed(self, filters: Filters) -> Filters:
        """The filters with what the operators ask for."""
        phrases, without = (*filters.phrases, *self.phrases), (*filters.without_terms, *self.without)
        return replace(filters, phrases=phrases, without_terms=without)


def read_operators(text: str) -> Wording:
    """The operators of a query; what only looks like one (a lone quotation mark, a hyphen in a word) stays text."""
    phrases: list[Phrase] = []
    without: list[Phrase] = []

    def taken(match: re.Match[str]) -> str:
        start, end = match.span("quoted" if match["quoted"] else "word")
        said = text[start:end]
        fields = TITLE_FIELDS if match["title"] else CHARACTER_FIELDS
        terms = character_words(said)
        if not terms:
            return text[match.start() : match.end()]
        (without if match["without"] else phrases).append(Phrase(fields, terms))
        return "" if match["without"] else said

    rest = _OPERATOR.sub(taken, text)
    return Wording(rest, tuple(phrases), tuple(without))
