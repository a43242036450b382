"""What word vectors are worth on the corpus they were trained on, with no judged set: synonyms of our lexicon, titles of its pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.text.encoders.word2vec import Word2VecEncoder, WordVectors

NEAREST = 10
_ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Corpus:
    """The stored pages as words: titles stand in for queries, bodies for what they should find."""

    titles: Sequence[Sequence[str]]
    bodies: Sequence[Sequence[str]]

    @cached_property
    def texts(self) -> list[list[str]]:
        """What models are trained on: title and body of each page."""
        return [[*title, *body] for title, body in zip(self.titles, self.bodies, strict=True)]


@dataclass(frozen=True, slots=True)
class Measured:
    """A share for each case, in the same order for every model of one corpus; what guessing would reach on average."""

    values: np.ndarray
    chance: float


def synonyms_found(model: WordVectors, canonical: Mapping[str, str]) -> Measured:
    """For each group of synonyms: the share of its words that have another of it among their ten nearest words.

    Groups are the cases, since the words of one group stand or fall together; one with less than two words in the vocabulary is none.
    """
    groups = _groups(model.words, canonical)
    members = [word for group in groups for word in group]
    peers = {word: [other for other in group if other != word] for group in groups for word in group}
    found = np.concatenate(
        [_found(row, word, peers[word]) for word, row in _similarities(model.vectors, members)] or [np.zeros(0)]
    )
    sizes = [len(group) for group in groups]
    chances = np.repeat([_chance(size - 1, len(model.words) - 1) for size in sizes], sizes) if sizes else np.zeros(0)
    return Measured(_means(found, sizes), float(_means(chances, sizes).mean()) if sizes else 0.0)


def own_pages_found(model: WordVectors, corpus: Corpus) -> Measured:
    """For each page: 1 where the words of its title find it among the first ten, by the vectors of the bodies alone, else 0.

    A title is read as a query is: each word once. The page's vector leaves its title out, which would find itself.
    """
    cases = [i for i, (title, body) in enumerate(zip(corpus.titles, corpus.bodies, strict=True)) if title and body]
    encoder = Word2VecEncoder(model, str.split, "")
    queries = encoder.encode_words([tuple(dict.fromkeys(corpus.titles[i])) for i in cases])
    pages = encoder.encode_words([corpus.bodies[i] for i in cases])
    found = np.zeros(len(cases))
    for start in range(0, len(cases), _ROWS_AT_ONCE):
        scores = queries[start : start + _ROWS_AT_ONCE] @ pages.T
        own = np.take_along_axis(scores, np.arange(start, start + len(scores))[:, None], axis=1)
        found[start : start + len(scores)] = (scores >= own).sum(axis=1) <= NEAREST  # itself among them: ties count against it
    return Measured(found, min(1.0, NEAREST / max(1, len(cases))))


def _groups(words: Sequence[str], canonical: Mapping[str, str]) -> list[list[int]]:
    """Groups of the vocabulary's indices, each with at least two."""
    index = {word: i for i, word in enumerate(words)}
    groups: dict[str, list[int]] = {}
    for member, first in sorted({**{first: first for first in canonical.values()}, **canonical}.items()):
        if member in index:
            groups.setdefault(first, []).append(index[member])
    return [group for group in groups.values() if len(group) > 1]


def _similarities(vectors: np.ndarray, members: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
    """Each member with its cosines to the whole vocabulary."""
    for start in range(0, len(members), _ROWS_AT_ONCE):
        chunk = list(members[start : start + _ROWS_AT_ONCE])
        yield from zip(chunk, vectors[chunk] @ vectors.T, strict=True)


def _found(row: np.ndarray, word: int, peers: Sequence[int]) -> np.ndarray:
    """Whether a peer is among the ten nearest of a word that is not its own neighbour."""
    best = row[peers].max()
    nearer = (row >= best).sum() - (row[word] >= best)
    return np.array([float(nearer <= NEAREST)])


def _chance(peers: int, others: int) -> float:
    """That ten words drawn from the others hold one of the peers: hypergeometric."""
    if others - peers < NEAREST:
        return 1.0
    return 1.0 - float(np.prod([(others - peers - i) / (others - i) for i in range(NEAREST)]))


def _means(values: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """The mean of each consecutive stretch."""
    return np.add.reduceat(values, np.cumsum([0, *sizes[:-1]])) / np.array(sizes) if sizes else np.zeros(0)
