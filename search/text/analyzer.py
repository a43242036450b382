"""All that text needs, in one place: the segmenter, the encoder and the fitted models of one generation."""

import copy
from collections.abc import Callable, Mapping, Sequence

from search.text.concepts import Concepts
from search.text.encoders.base import Encoder
from search.text.encoders.word2vec import Word2VecEncoder
from search.text.passages import PASSAGE_RULE
from search.text.segment import Segmenter
from search.text.tfidf import TfidfModel


class Analyzer:
    """What indexing and searching do to a text, with the fingerprints of what does it.

    made_for: the fingerprints of the generation; none where an index is still empty.
    The encoder is opened when it is first needed: a keyword search never waits for it.
    """

    def __init__(
        self,
        segmenter: Segmenter,
        open_encoder: Callable[[], Encoder],
        models: Mapping[str, str],
        tfidf: TfidfModel | None = None,
        word2vec: Word2VecEncoder | None = None,
    ) -> None:
        self.segmenter = segmenter
        self.concepts = Concepts(segmenter)
        self.made_for = dict(models)
        self.tfidf = tfidf
        self.word2vec = word2vec
        self._open_encoder = open_encoder
        self._encoder: Encoder | None = None

    @property
    def encoder(self) -> Encoder:
        """The BERT encoder. ModelUnusable where it cannot be had; it is asked for again the next time."""
        if self._encoder is None:  # no cached_property: in Python 3.11 it lets one thread of all compute at a time
            self._encoder = self._open_encoder()
        return self._encoder

    def with_encoder(self, encoder: Encoder) -> "Analyzer":
        """The same, with another encoder."""
        other = copy.copy(self)
        other._encoder = encoder
        return other

    @property
    def models(self) -> dict[str, str]:
        """The fingerprints of all that an entry derived with this depends on."""
        return {**self.made_for, "text": self.segmenter.fingerprint, "bert": self.encoder.fingerprint, "passages": PASSAGE_RULE}

    def weights(self, words: Sequence[str]) -> dict[str, float]:
        """TF-IDF weights of words; empty where no model is fitted."""
        return self.tfidf.weights(words) if self.tfidf else {}
