"""Fitting models on the stored texts: TF-IDF and Word2Vec. The result is a set of fingerprints for a rebuild."""

from collections.abc import Sequence

from search.document import IndexEntry
from search.engine.base import Engine
from search.text import tfidf
from search.text.encoders import word2vec
from search.text.models import ModelStore

FITTED = (tfidf.KIND, word2vec.KIND)


def fit(engine: Engine, store: ModelStore, kinds: Sequence[str] = FITTED, skip_gram: bool = False) -> dict[str, str]:
    """Train these kinds on every stored entry; the generation's models with the new fingerprints in place.

    The same texts give the same fingerprints: entries are read in the order of their ids.
    """
    texts = [list(words(entry)) for entry in engine.scan() if entry.terms]
    models = dict(engine.generation().models)
    if tfidf.KIND in kinds:
        models[tfidf.KIND] = store.save(tfidf.KIND, tfidf.TfidfModel.fit(texts).save)
    if word2vec.KIND in kinds:
        model = word2vec.train(texts, skip_gram=skip_gram)
        models.pop(word2vec.KIND, None)
        if model:
            models[word2vec.KIND] = store.save(word2vec.KIND, model.save)
    return models


def words(entry: IndexEntry) -> tuple[str, ...]:
    """What models are trained on: the words of title and text."""
    return entry.terms["title"] + entry.terms["body"]
