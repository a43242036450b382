"""Fitting word vectors on the stored pages: one training method, and whether the means of texts lose what all texts share."""

from collections.abc import Mapping
from dataclasses import replace

from indexer.model_quality import Corpus, Measured, own_pages_found
from indexer.resampling import interval
from search.errors import ModelUnusable
from search.text.encoders import word2vec
from search.text.encoders.word2vec import METHODS, Method, WordVectors
from search.text.models import ModelStore


def fit_word_vectors(corpus: Corpus, method: Method) -> WordVectors | None:
    """A trained model in the better of its two forms; None where no word occurs often enough."""
    plain = word2vec.train(corpus.texts, method)
    return better_mean(plain, corpus) if plain else None


def better_mean(plain: WordVectors, corpus: Corpus) -> WordVectors:
    """The model without the common direction, unless with it titles find their own pages significantly more often.

    Removing it is the published formula (Arora et al., 2017) and stays where little can be told: on 134 pages the two differ by
    two pages. What was measured is kept with the model.
    """
    removed = word2vec.without_common(plain, corpus.texts)
    before, after = own_pages_found(plain, corpus), own_pages_found(removed, corpus)
    keep_common = is_better(before, after)
    chosen = plain if keep_common else removed
    measured = {"with_common": _mean(before), "without_common": _mean(after)}
    return replace(chosen, made={**plain.made, "common_removed": not keep_common, "own_page_recall_at_10": measured})


def is_better(one: Measured, other: Measured) -> bool:
    """Whether the first is above the second in 95 % of paired resamples, on both sides of the interval."""
    return bool(len(one.values)) and interval(one.values - other.values).sign > 0


def installed_method(store: ModelStore, models: Mapping[str, str]) -> Method:
    """How the generation's word vectors were trained, so that the next fit does not undo what a comparison chose; CBOW where unknown."""
    try:
        made = WordVectors.load(store.folder(word2vec.KIND, models[word2vec.KIND])).made
    except (KeyError, ModelUnusable):  # none yet, or damaged: fitting is what mends it
        return METHODS[0]
    return next((method for method in METHODS if method == made.get("method")), METHODS[0])


def _mean(measured: Measured) -> float | None:
    return round(float(measured.values.mean()), 4) if len(measured.values) else None
