"""Words to concepts: synonyms become one term, and a complaint that is said in pieces is put together (头很痛 -> 头痛).

Pages and queries go through the same function, so that 脑袋疼 finds what says 头痛, with one document frequency for both.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from pathlib import Path

from search.text.normalize import fold
from search.text.segment import LEXICON, Segmenter, Term, read_terms

MAX_GAP = 5  # characters between a body part and its complaint: 头一阵一阵地疼
_HAN = re.compile("[\u3400-\u9fff]+")
_PLACE = itemgetter(1, 2)


class Concepts:
    """Reads concepts out of texts with a segmenter; lexicon/synonyms.txt says what is the same."""

    def __init__(self, segmenter: Segmenter, lexicon: Path = LEXICON) -> None:
        self._segmenter = segmenter
        self._canonical = read_synonyms(lexicon / "synonyms.txt")
        self._between = segmenter.stopwords | frozenset(read_terms(lexicon / "modifiers.txt"))

    def terms(self, text: str) -> list[Term]:
        """The text's concepts and its other words, each in its canonical spelling with its own offsets, in order."""
        return self.read(text, self._segmenter.cut(text))

    def read(self, text: str, cut: Sequence[Term]) -> list[Term]:
        """`terms` of what the segmenter has cut: of a whole text, or of a part of it that no word crosses."""
        found = self._without_overlaps(cut)
        composed = list(self._composed(text, found))
        taken = {place for term in composed for place in range(term.start, term.end)}  # its halves, and how much and how often
        stopwords, canonical = self._segmenter.stopwords, self._canonical
        merged = [term for term in found if term.text not in stopwords and term.start not in taken] + composed
        merged.sort(key=_PLACE)
        return [Term(canonical[term.text], term.start, term.end) if term.text in canonical else term for term in merged]

    def words(self, text: str) -> tuple[str, ...]:
        """`terms` without offsets: what an index stores."""
        return tuple(term.text for term in self.terms(text))

    def shapes(self, concept: str) -> list[str]:
        """Regular expressions: where a folded text reads as the concept, one of them matches from the concept's start on.

        They match more than that; `read` knows better, and costs some hundred times as much a character.
        """
        members = self._members.get(concept, [])
        if concept not in self._canonical:
            members = [concept, *members]
        return [shape for member in members for shape in self._shapes_of(member)]

    def _shapes_of(self, word: str) -> list[str]:
        """The word as it stands, or with something between any halves of it that a text can be cut into."""
        halves = [(word[:i], word[i:]) for i in range(1, len(word))] if self._segmenter.is_medical(word) else []
        open_halves = [pair for pair in halves if all(map(self._can_be_half, pair))]
        return [f"{re.escape(a)}\\w{{0,{MAX_GAP}}}{re.escape(b)}" for a, b in open_halves] or [re.escape(word)]

    def _can_be_half(self, word: str) -> bool:
        """Whether the segmenter may cut this, and it is no word that only stands between others."""
        is_cut = len(word) == 1 or not _HAN.fullmatch(word) or self._segmenter.knows(word)
        return is_cut and word not in self._between

    @cached_property
    def _members(self) -> Mapping[str, list[str]]:
        """Canonical spelling -> the others."""
        members: dict[str, list[str]] = {}
        for member, first in self._canonical.items():
            members.setdefault(first, []).append(member)
        return members

    def _composed(self, text: str, found: list[Term]) -> Iterator[Term]:
        """Known complaints whose two halves stand apart, each over the whole stretch."""
        content = [term for term in _outermost(found) if term.text not in self._between]
        for first, second in itertools.pairwise(content):
            if not 0 < second.start - first.end <= MAX_GAP or not self._segmenter.is_medical(first.text + second.text):
                continue
            if _HAN.fullmatch(text, first.end, second.start):
                yield Term(first.text + second.text, first.start, second.end)

    def _without_overlaps(self, found: Sequence[Term]) -> list[Term]:
        """Without inner words that straddle a longer, a more medical or an earlier inner word: 骨头疼 holds 骨头, and no 头疼.

        A word inside another stays: 偏头痛 holds 头痛, and no 偏头.
        """
        kept: list[Term] = []
        group: list[Term] = []
        reached = 0
        for term in found:  # search mode lists the words inside a long word before it
            if term.start >= reached:
                kept += self._settled(group) if len(group) > 2 else group
                group, reached = [], 0
            group.append(term)
            reached = max(reached, term.end)
        return kept + self._settled(group)

    def _settled(self, group: list[Term]) -> list[Term]:
        if len(group) < 3:  # a word, and perhaps one inside it
            return group
        kept: list[Term] = []
        for term in sorted(
            group, key=lambda term: (term.start - term.end, not self._segmenter.is_medical(term.text), term.start)
        ):
            if not any(other.start < term.end and term.start < other.end and not _holds(other, term) for other in kept):
                kept.append(term)
        return sorted(kept, key=lambda term: (term.end, -term.start))


def read_synonyms(path: Path) -> dict[str, str]:
    """Every folded member of a group -> its first member; a term in two groups keeps its first."""
    canonical: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        members = fold(line.split("#", 1)[0]).split()
        for member in members[1:]:
            canonical.setdefault(member, members[0])
    return canonical


def _holds(outer: Term, inner: Term) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _outermost(found: list[Term]) -> list[Term]:
    """The terms that lie in no other: search mode lists the words inside a long word before it."""
    kept: list[Term] = []
    for term in found:
        while kept and kept[-1].start >= term.start:
            kept.pop()
        kept.append(term)
    return kept
