"""Words to concepts: synonyms share one term, and a complaint that is said in pieces is put together (头很痛 -> 头痛).

Pages and queries go through the same function, so that 脑袋疼 finds what says 头痛, with one document frequency for both. The word
as it is said stays beside its canonical spelling, so that of two pages the one that says it in the same words comes first.
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
        """The text's concepts and its other words as they are said, in order, each with its offsets, and after it its canonical spelling.

        A word inside a longer one has it only where it is no longer than the word, another spelling (头疼 in 一侧头疼); a longer
        one says what the word usually means alone, and not what it means there (伤风 in 破伤风, 性病 in 慢性病, 肉瘤 in 骨肉瘤).
        """
        return self.read(text, self._segmenter.cut(text))

    def read(self, text: str, cut: Sequence[Term]) -> list[Term]:
        """`terms` of what the segmenter has cut: of a whole text, or of a part of it that no word crosses."""
        found = self._said(text, cut)
        if self._canonical.keys().isdisjoint([term.text for term in found]):
            return found
        outer = set(_outermost_of(found))
        return [spelling for term in found for spelling in self._spellings(term, inside=term not in outer)]

    def words(self, text: str) -> tuple[str, ...]:
        """`terms` without offsets: what an index stores."""
        return tuple(term.text for term in self.terms(text))

    def outermost(self, text: str) -> list[Term]:
        """The concepts and words that lie in no other, as they are said: before synonyms become one."""
        return _outermost_of(self._said(text, self._segmenter.cut(text)))

    def content(self, text: str) -> list[Term]:
        """The words that say what a text is about: without stop words, and without those for how much and how often."""
        return [term for term in _outermost(self._segmenter.cut(text)) if term.text not in self._between]

    def canonical(self, word: str) -> str:
        """The spelling that stands for all synonyms of a folded word."""
        return self._canonical.get(word, word)

    def _spellings(self, term: Term, inside: bool) -> tuple[Term, ...]:
        canonical = self.canonical(term.text)
        other = canonical != term.text and (not inside or len(canonical) <= len(term.text))
        return (term, term._replace(text=canonical)) if other else (term,)

    def _said(self, text: str, cut: Sequence[Term]) -> list[Term]:
        found = self._without_overlaps(cut)
        stopwords = self._segmenter.stopwords
        whole = [term for term in found if term.text not in stopwords]
        if composed := list(self._composed(text, found)):
            taken = {place for term in composed for place in range(term.start, term.end)}  # halves, and how much and how often
            whole = [term for term in whole if term.start not in taken] + composed
        return sorted(whole, key=_PLACE)

    def shapes(self, concept: str) -> list[str]:
        """Regular expressions: where a folded text reads as the concept, one of them matches from the concept's start on.

        They match more than that; `read` knows better, and costs some hundred times as much a character.
        """
        return [shape for member in self._spelled(concept) for shape in self._shapes_of(member)]

    def traces(self, concept: str) -> list[str]:
        """Words: where a text reads as the concept, its cut holds one of them: a spelling, or of one in pieces the first."""
        return [word[:end] for word in self._spelled(concept) for end in range(1, len(word) + 1)]

    def _spelled(self, concept: str) -> tuple[str, ...]:
        return (concept, *self._members.get(concept, []))

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

        A word inside another stays (偏头痛 holds 头痛, and no 偏头), but an everyday word that begins a medical one, or stands
        in its middle, is not what that one is about: 太阳穴 holds no 太阳.
        """
        kept: list[Term] = []
        group: list[Term] = []
        reached = 0
        for term in found:  # search mode lists the words inside a long word before it
            if term.start >= reached:
                kept += self._settled(group) if len(group) > 1 else group
                group, reached = [term], term.end
            else:
                group.append(term)
                reached = max(reached, term.end)
        return kept + self._settled(group)

    def _settled(self, group: list[Term]) -> list[Term]:
        kept = group if len(group) < 3 else self._without_straddling(group)  # fewer: a word, and perhaps one inside it
        medical = [term for term in kept if self._segmenter.is_medical(term.text)]
        if not medical or len(medical) == len(kept):
            return kept
        return [term for term in kept if term in medical or not any(_hides(outer, term) for outer in medical)]

    def _without_straddling(self, group: list[Term]) -> list[Term]:
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


def _hides(outer: Term, inner: Term) -> bool:
    return _holds(outer, inner) and inner.end < outer.end


def _outermost_of(found: list[Term]) -> list[Term]:
    return _outermost(sorted(found, key=lambda term: (term.end, -term.start)))


def _outermost(found: list[Term]) -> list[Term]:
    """The terms that lie in no other: search mode lists the words inside a long word before it."""
    kept: list[Term] = []
    for term in found:
        while kept and kept[-1].start >= term.start:
            kept.pop()
        kept.append(term)
    return kept
