"""Word2Vec (Mikolov et al., 2013) trained on the corpus: a text is the weighted mean of its words' vectors."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from search.errors import ModelUnusable
from search.text.encoders.base import Role

log = logging.getLogger(__name__)

Method = Literal["cbow", "skip-gram"]

KIND = "word2vec"
METHODS: tuple[Method, ...] = get_args(Method)
DIMS = 200
EPOCHS = 5
MIN_COUNT = 5
SMOOTHING = 1e-3  # a of the smooth inverse frequency a / (a + p(word)); Arora et al., ICLR 2017
TOO_FEW_TOKENS = 2_000_000  # below it, neighbours of a word are mostly noise; hybrid's weight decides what it is worth


@dataclass(frozen=True, slots=True)
class WordVectors:
    """A trained vocabulary: vectors float32 (words, dims), counts of the training corpus, the common direction or zeros (dims).

    made: how it was trained and why it was chosen, for whoever opens the folder; nothing reads it again.
    """

    words: Sequence[str]
    vectors: np.ndarray
    counts: np.ndarray
    common: np.ndarray
    made: Mapping[str, object] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write words.json, vectors.npz and made.json."""
        (folder / "made.json").write_text(json.dumps(self.made, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        (folder / "words.json").write_text(json.dumps(list(self.words), ensure_ascii=False), encoding="utf-8")
        with (folder / "vectors.npz").open("wb") as file:
            np.savez(file, vectors=self.vectors, counts=self.counts, common=self.common)

    @classmethod
    def load(cls, folder: Path) -> "WordVectors":
        """What `save` wrote; earlier models have no made.json."""
        try:
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
            path = folder / "made.json"
            made = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
            with np.load(folder / "vectors.npz", allow_pickle=False) as arrays:
                return cls(words, arrays["vectors"], arrays["counts"], arrays["common"], made)
        except (OSError, ValueError, KeyError) as exc:
            raise ModelUnusable(f"{folder} 里的 Word2Vec 模型读不了：{exc}；请运行 python -m indexer fit word2vec") from exc


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


def train(texts: Sequence[Sequence[str]], method: Method = "cbow") -> WordVectors | None:
    """Word vectors of texts given as words, nothing taken away; None where no word occurs MIN_COUNT times.

    One thread: the same texts in the same order give the same bits.
    """
    from gensim.models import Word2Vec  # two seconds to import, and searching never needs it

    if max(Counter(word for text in texts for word in text).values(), default=0) < MIN_COUNT:
        return None
    model = Word2Vec(
        sentences=texts,
        vector_size=DIMS,
        window=5,
        min_count=MIN_COUNT,
        negative=5,
        sg=int(method == "skip-gram"),
        epochs=EPOCHS,
        workers=1,
        seed=1,
    )
    words = model.wv.index_to_key
    counts = np.array([model.wv.get_vecattr(word, "count") for word in words], np.int64)
    return WordVectors(words, _unit(model.wv.vectors), counts, np.zeros(DIMS, np.float32), {"method": method})


def get_ready() -> None:
    """Import what training needs, so that a clock started after this measures training alone."""
    import gensim.models  # noqa: F401


def tokens_of(texts: Sequence[Sequence[str]]) -> int:
    """How many words the texts hold; the log says where they are too few to learn from."""
    tokens = sum(map(len, texts))
    if tokens < TOO_FEW_TOKENS:
        log.warning("Word2Vec: %s words of text are too few for good vectors (%s wanted)", f"{tokens:,}", f"{TOO_FEW_TOKENS:,}")
    return tokens


def without_common(model: WordVectors, texts: Sequence[Sequence[str]]) -> WordVectors:
    """The model that takes the texts' common direction out of every mean (Arora et al., 2017): what all share tells none apart.

    Whether that helps depends on the corpus: whoever fits measures both.
    """
    means = Word2VecEncoder(model, str.split, "").encode_words(texts)
    _, _, directions = np.linalg.svd(means.T @ means)
    return replace(model, common=directions[0].astype(np.float32))


def _sif(counts: np.ndarray) -> np.ndarray:
    share = counts / counts.sum()
    return (SMOOTHING / (SMOOTHING + share)).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
