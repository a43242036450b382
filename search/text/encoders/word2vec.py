"""Word2Vec (Mikolov et al., 2013) trained on the corpus: a text is the weighted mean of its words' vectors."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.errors import ModelUnusable
from search.text.encoders.base import Role

log = logging.getLogger(__name__)

KIND = "word2vec"
DIMS = 200
EPOCHS = 5
MIN_COUNT = 5
SMOOTHING = 1e-3  # a of the smooth inverse frequency a / (a + p(word)); Arora et al., ICLR 2017
TOO_FEW_TOKENS = 2_000_000  # below it, neighbours of a word are mostly noise; hybrid's weight decides what it is worth


@dataclass(frozen=True, slots=True)
class WordVectors:
    """A trained vocabulary: vectors float32 (words, dims), counts of the training corpus, the common direction or zeros (dims)."""

    words: Sequence[str]
    vectors: np.ndarray
    counts: np.ndarray
    common: np.ndarray

    def save(self, folder: Path) -> None:
        """Write words.json and vectors.npz."""
        (folder / "words.json").write_text(json.dumps(list(self.words), ensure_ascii=False), encoding="utf-8")
        with (folder / "vectors.npz").open("wb") as file:
            np.savez(file, vectors=self.vectors, counts=self.counts, common=self.common)

    @classmethod
    def load(cls, folder: Path) -> "WordVectors":
        """What `save` wrote."""
        try:
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
            with np.load(folder / "vectors.npz", allow_pickle=False) as arrays:
                return cls(words, arrays["vectors"], arrays["counts"], arrays["common"])
        except (OSError, ValueError, KeyError) as exc:
            raise ModelUnusable(
                f"the Word2Vec model in {folder} cannot be read: {exc}; run `python -m indexer fit word2vec`"
            ) from exc


class Word2VecEncoder:
    """Encodes texts by the mean of their words' vectors, weighted by smooth inverse frequency, without the common direction."""

    def __init__(self, model: WordVectors, cut: Callable[[str], Sequence[str]], fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.dims = model.vectors.shape[1]
        self._cut = cut
        self._common = model.common
        self._index = {word: i for i, word in enumerate(model.words)}
        self._weighted = model.vectors * _sif(model.counts)[:, None]

    def encode(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Float32 (len(texts), dims), unit length; a text without a known word is all zeros. Roles are alike."""
        return self.encode_words([self._cut(text) for text in texts])

    def encode_words(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """As `encode`, of texts already cut."""
        means = np.zeros((len(texts), self.dims), np.float32)
        for row, words in zip(means, texts, strict=True):
            known = [self._index[word] for word in words if word in self._index]
            if known:
                row[:] = self._weighted[known].mean(axis=0)
                row -= (row @ self._common) * self._common
        return _unit(means)


def train(texts: Sequence[Sequence[str]], *, skip_gram: bool = False, remove_common: bool = True) -> WordVectors | None:
    """Word vectors of texts given as words, CBOW unless told; None where no word occurs MIN_COUNT times.

    One thread: the same texts in the same order give the same bits.
    """
    from gensim.models import Word2Vec  # two seconds to import, and searching never needs it

    tokens = sum(map(len, texts))
    if tokens < TOO_FEW_TOKENS:
        log.warning("Word2Vec: %s words of text are too few for good vectors (%s wanted)", f"{tokens:,}", f"{TOO_FEW_TOKENS:,}")
    if max(Counter(word for text in texts for word in text).values(), default=0) < MIN_COUNT:
        return None
    model = Word2Vec(
        sentences=texts,
        vector_size=DIMS,
        window=5,
        min_count=MIN_COUNT,
        negative=5,
        sg=int(skip_gram),
        epochs=EPOCHS,
        workers=1,
        seed=1,
    )
    words = model.wv.index_to_key
    counts = np.array([model.wv.get_vecattr(word, "count") for word in words], np.int64)
    plain = WordVectors(words, _unit(model.wv.vectors), counts, np.zeros(DIMS, np.float32))
    return WordVectors(words, plain.vectors, counts, _common_direction(plain, texts)) if remove_common else plain


def _common_direction(model: WordVectors, texts: Sequence[Sequence[str]]) -> np.ndarray:
    """First singular vector of the texts' means (unit length, dims): what all texts share tells none from another."""
    means = Word2VecEncoder(model, str.split, "").encode_words(texts)
    _, _, directions = np.linalg.svd(means.T @ means)
    return directions[0].astype(np.float32)


def _sif(counts: np.ndarray) -> np.ndarray:
    share = counts / counts.sum()
    return (SMOOTHING / (SMOOTHING + share)).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
