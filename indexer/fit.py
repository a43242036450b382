"""Fitting models on the stored texts: TF-IDF and Word2Vec. The result is a set of fingerprints for a rebuild."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.compare import Comparison, compare_methods
from indexer.model_quality import Corpus
from indexer.word_vectors import fit_word_vectors, installed_method
from search.engine.base import Engine
from search.text import tfidf
from search.text.encoders import word2vec
from search.text.models import ModelStore

FITTED = (tfidf.KIND, word2vec.KIND)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The generation's models with the new fingerprints in place, and the methods held against each other where that was asked for."""

    models: dict[str, str]
    comparison: Comparison | None = None


def fit(
    engine: Engine,
    store: ModelStore,
    kinds: Sequence[str] = FITTED,
    compare: bool = False,
    before: Mapping[str, str] | None = None,
) -> Fitted:
    """Train these kinds on every stored entry; with `compare`, word vectors in both ways, of which the better is kept.

    The same texts give the same fingerprints: entries are read in the order of their ids. before: the models whose way of
    training goes on, those of the generation where none are given (a rebuild under another lexicon has dropped them).
    """
    corpus = read_corpus(engine)
    models = dict(engine.generation().models)
    comparison = None
    if tfidf.KIND in kinds:
        models[tfidf.KIND] = store.save(tfidf.KIND, tfidf.TfidfModel.fit(corpus.texts).save)
    if word2vec.KIND in kinds:
        tokens = word2vec.tokens_of(corpus.texts)
        comparison = compare_methods(corpus, tokens) if compare else None
        model = comparison.kept.model if comparison else fit_word_vectors(corpus, installed_method(store, before or models))
        models.pop(word2vec.KIND, None)
        if model:
            models[word2vec.KIND] = store.save(word2vec.KIND, model.save)
    return Fitted(models, comparison)


def read_corpus(engine: Engine) -> Corpus:
    """The words of every stored title and text: what models are trained on."""
    pages = [(entry.terms["title"], entry.terms["body"]) for entry in engine.scan() if entry.terms]
    return Corpus([title for title, _ in pages], [body for _, body in pages])
