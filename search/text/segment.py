"""Text to terms: Latin and digits by a rule of ours, Han by jieba's search mode with our lexicon (the only `import rjieba`).

rjieba makes jieba's cuts in a tenth of its time; tests/search/text/test_segment.py holds it against jieba itself.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import rjieba

from search.text.normalize import Folded, fold, fold_with_offsets

LEXICON = Path(__file__).parent / "lexicon"
RULES = 5  # raise it when code changes what is cut, or which concepts are read

# One token each: 37.8℃ and 95%; 2型; 4.5mg; covid-19, il-6, hba1c, ω-3; 140/90 is two numbers. Of folded text.
_LATIN = r"""
    \d+(?:\.\d+)?(?:℃|%|‰)
  | \d+型
  | \d+(?:\.\d+)?[a-zµμ]+(?:/[a-z]+)?(?![a-z0-9])
  | [a-zα-ω0-9]*[a-zα-ω][a-zα-ω0-9]*(?:[-_.'][a-zα-ω0-9]+)*\+?
  | \d+(?:\.\d+)?
"""
_HAN = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
_OTHER = r"[^\W_]+"  # kana, Hangul, Cyrillic ...
_PART = re.compile(r"[a-zα-ω0-9]+")
_LATIN_PART = re.compile(r"[a-z0-9.]+型?")


class Term(NamedTuple):
    """A term in its folded spelling, and where it stands in the original text."""

    text: str
    start: int
    end: int


class Segmenter:
    """Cuts text into terms in jieba's search mode: long words are followed by the words inside them.

    Opened once a process; about 0.3 s.
    """

    def __init__(self, lexicon: Path = LEXICON) -> None:
        self._folder = lexicon
        self.lexicon = _distinct([*read_terms(lexicon / "terms.txt"), *_members(lexicon / "synonyms.txt")])
        self._medical = frozenset(self.lexicon)
        self.stopwords = frozenset(read_terms(lexicon / "stopwords.txt"))
        self._jieba = rjieba.Jieba()
        self._add([word for word in self.lexicon if re.fullmatch(_HAN, word)])
        mixed = [word for word in self.lexicon if not re.fullmatch(_HAN, word)]
        whole = "|".join(_any_of(group) for group in _by_first(mixed)) or "(?!)"
        self._tokens = re.compile(f"(?P<whole>{whole})|(?P<latin>{_LATIN})|(?P<han>{_HAN})|(?P<other>{_OTHER})", re.VERBOSE)

    @cached_property
    def fingerprint(self) -> str:
        """Changes when any cut or concept could: rules, lexicon files, segmenter."""
        total = hashlib.sha256(f"{RULES} {version('rjieba')} {version('opencc')}".encode())
        for path in sorted(self._folder.glob("*.txt")):
            total.update(path.read_bytes())
        return total.hexdigest()[:12]

    def cut(self, text: str) -> list[Term]:
        """All terms in the order of the text, stop words too, punctuation left out."""
        folded = fold_with_offsets(text)
        return self.cut_part(folded, 0, len(folded.text))

    def cut_part(self, folded: Folded, start: int, end: int) -> list[Term]:
        """`cut` of a part of a folded text; between characters that stand in no word, it is that part of the whole's cut."""
        found = self._cut(folded.text, start, end)
        if folded.starts is None:  # nearly every text; asking `original` for each term takes as long as the cut
            return list(map(Term._make, found))
        return [Term(word, *folded.original(a, b)) for word, a, b in found]

    def words(self, text: str) -> tuple[str, ...]:
        """The words worth searching, all but stop words, without offsets: what an index stores."""
        folded = fold(text)
        return tuple(word for word, _, _ in self._cut(folded, 0, len(folded)) if word not in self.stopwords)

    def words_of(self, cut: Iterable[Term]) -> tuple[str, ...]:
        """`words` of a text that was cut already."""
        return tuple(term.text for term in cut if term.text not in self.stopwords)

    def cut_like_jieba(self, run: str) -> list[str]:
        """A run of Han characters as jieba's own search mode cuts it, without guessing new words: what the rules build on.

        Guessed words (有点痛, 食多) hide the words in them; with the lexicon they gained nothing on judged queries.
        """
        return [word for word, _, _ in self._searched(run)]

    def is_medical(self, word: str) -> bool:
        """Whether the folded word is in our own lexicon."""
        return word in self._medical

    def knows(self, word: str) -> bool:
        """Whether the word is in the dictionary or the lexicon."""
        return word in self._medical or self._jieba.has_word(word)

    def _searched(self, run: str) -> list[tuple[str, int, int]]:
        return self._jieba.tokenize(run, "search", False)

    def _add(self, words: Sequence[str]) -> None:
        """Gives each word the frequency at which jieba prefers it to its parts; asked before any word is added."""
        frequencies = [self._jieba.suggest_freq(word) for word in words]
        for word, frequency in zip(words, frequencies, strict=True):
            self._jieba.add_word(word, frequency, "n")

    def _cut(self, folded: str, start: int, end: int) -> list[tuple[str, int, int]]:
        found: list[tuple[str, int, int]] = []  # lists throughout: generators inside generators take a third longer
        for match in self._tokens.finditer(folded, start, end):
            token, at = match.group(), match.start()
            if match.lastgroup == "han":
                self._cut_han(token, at, found)
                continue
            if match.lastgroup == "whole":
                found.extend(self._inside_mixed(token, at))
            elif "-" in token:
                found.extend(self._inside_hyphenated(token, at))
            found.append((token, at, match.end()))
        return found

    def _cut_han(self, run: str, at: int, found: list[tuple[str, int, int]]) -> None:
        for word, start, end in self._searched(run):
            if len(word) > 4:  # jieba itself shows only the words of two and three characters inside a long one
                for size in range(4, len(word)):
                    for i in range(len(word) - size + 1):
                        if self._jieba.has_word(word[i : i + size]):
                            found.append((word[i : i + size], at + start + i, at + start + i + size))
            found.append((word, at + start, at + end))

    def _inside_mixed(self, word: str, at: int) -> Iterator[tuple[str, int, int]]:
        """CT检查 is also CT and 检查; the lone letter of B超 says nothing."""
        for end in range(2, len(word) + 1):
            for start in range(end - 1):
                inner = word[start:end]
                known = inner in self._medical or _LATIN_PART.fullmatch(inner) or self._jieba.has_word(inner)
                if known and inner != word and _stands_alone(word, start, end):
                    yield inner, at + start, at + end

    def _inside_hyphenated(self, word: str, at: int) -> Iterator[tuple[str, int, int]]:
        """COVID-19 is also COVID."""
        for part in _PART.finditer(word):
            if len(part.group()) > 1 and not part.group().isdigit():
                yield part.group(), at + part.start(), at + part.end()


def characters(text: str) -> list[Term]:
    """One term a Han character, one a Latin word or number: what phrases are matched by, white space and punctuation left out."""
    folded = fold_with_offsets(text)
    return [Term(match.group(), *folded.original(*match.span())) for match in _CHARACTER.finditer(folded.text)]


_CHARACTER = re.compile(r"[a-z0-9]+|[^\W_]|[℃%‰]")
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")


def character_words(text: str) -> tuple[str, ...]:
    """`characters` without their offsets: what an index stores."""
    return tuple(_CHARACTER.findall(fold(text)))


def bigrams(text: str) -> tuple[str, ...]:
    """Every two characters that stand side by side, and Latin words and numbers alone; none crosses punctuation."""
    pairs: list[str] = []
    for run in _RUN.findall(fold(text)):
        pairs.extend(map("".join, pairwise(run)) if _has_pairs(run) else [run])
    return tuple(pairs)


def bigram_terms(text: str) -> list[Term]:
    """`bigrams` with their offsets."""
    folded = fold_with_offsets(text)
    return [Term(pair, *folded.original(start, end)) for pair, start, end in _placed_bigrams(folded.text, 0, len(folded.text))]


def bigrams_in_part(folded: Folded, start: int, end: int, wanted: Collection[str]) -> list[Term]:
    """Those of `bigram_terms` that are wanted, in a part of a folded text between characters that stand in no word."""
    found = _placed_bigrams(folded.text, start, end)
    return [Term(pair, *folded.original(a, b)) for pair, a, b in found if pair in wanted]


def _placed_bigrams(folded: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for match in _RUN.finditer(folded, start, end):
        first, last = match.span()
        if _has_pairs(match.group()):
            yield from ((folded[i : i + 2], i, i + 2) for i in range(first, last - 1))
        else:
            yield match.group(), first, last


def _has_pairs(run: str) -> bool:
    return len(run) > 1 and not run.isascii()


def read_terms(path: Path) -> list[str]:
    """The entries of a lexicon file, folded, in order, each once; # begins a comment."""
    lines = (line.split("#", 1)[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return _distinct(fold(line) for line in lines if line)


def _stands_alone(word: str, start: int, end: int) -> bool:
    """Whether no Latin word or number of the word is cut at either end of the stretch: no HB in HBV."""
    return not any(_PART.fullmatch(word[at - 1 : at]) and _PART.fullmatch(word[at : at + 1]) for at in (start, end) if at)


def _by_first(words: Sequence[str]) -> list[list[str]]:
    """Words that begin with a Latin letter or digit, and the others."""
    groups: list[list[str]] = [[], []]
    for word in words:
        groups[not _PART.match(word)].append(word)
    return [group for group in groups if group]


def _any_of(words: Sequence[str]) -> str:
    """A pattern for the longest of the words, by a trie of their characters; none begins or ends inside a Latin word or number.

    It asks for any of their first characters before it tries one after the other: twice as fast a cut where none begins.
    """
    trie: dict[str, dict] = {}
    for word in words:
        node = trie
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    first = f"(?=[{re.escape(''.join(trie))}])"
    return ("(?<![a-z0-9])" if _PART.match(words[0]) else "") + first + _pattern(trie, "")


def _pattern(node: dict[str, dict], last: str) -> str:
    ends = [("(?![a-z0-9])" if _PART.match(last) else "")] if "" in node else []
    longer = [re.escape(char) + _pattern(child, char) for char, child in sorted(node.items()) if char]
    return f"(?:{'|'.join([*longer, *ends])})"


def _members(path: Path) -> list[str]:
    """All terms of a file of groups, those of one group on one line."""
    return [term for line in read_terms(path) for term in line.split()]


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
