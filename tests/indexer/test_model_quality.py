"""What word vectors are worth: synonyms among the nearest words, pages found by the words of their titles."""

from itertools import combinations

import numpy as np
import pytest

from indexer.fit import read_corpus
from indexer.model_quality import NEAREST, Corpus, _chance, own_pages_found, synonyms_found
from search.text.concepts import read_synonyms
from search.text.encoders.word2vec import WordVectors, train
from search.text.segment import LEXICON

SYNONYMS = read_synonyms(LEXICON / "synonyms.txt")


@pytest.fixture(scope="module")
def corpus(sampled):
    engine = sampled.engine()
    yield read_corpus(engine)
    engine.close()


def vectors_of(rows, words=None):
    """A model of words without weight differences."""
    rows = np.array(rows, np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return WordVectors(words or [f"w{i}" for i in range(len(rows))], rows, np.ones(len(rows), int), np.zeros(rows.shape[1]))


def test_a_synonym_counts_among_the_ten_nearest_words_and_no_further():
    others = [[1, 0.01 * i] for i in range(1, 30)]
    model = vectors_of([[1, 0], [1, 0.0955], [1, 0.1055], *others], ["a", "tenth", "eleventh", *(f"o{i}" for i in range(29))])
    assert synonyms_found(model, {"tenth": "a"}).values.tolist() == [0.5]  # nine others are nearer; a is far from `tenth`
    assert synonyms_found(model, {"eleventh": "a"}).values.tolist() == [0.0]  # `tenth` too


def test_groups_are_the_cases_and_one_with_a_single_known_word_is_none():
    model = vectors_of(np.random.default_rng(0).normal(size=(40, 8)), ["a", "b", "c", "d", "e", *(f"o{i}" for i in range(35))])
    found = synonyms_found(model, {"b": "a", "c": "a", "e": "d", "o1": "unknown", "gone": "o2"})
    assert len(found.values) == 2
    assert found.chance == pytest.approx((_chance(2, 39) + _chance(1, 39)) / 2)


def test_the_chance_is_that_of_drawing_ten_words():
    draws = [any(one < 3 for one in drawn) for drawn in combinations(range(14), NEAREST)]
    assert _chance(3, 14) == pytest.approx(np.mean(draws))
    assert _chance(5, 14) == 1.0


def test_shuffled_vectors_find_synonyms_as_often_as_chance_says(corpus):
    model = train(corpus.texts)
    random = np.random.default_rng(1)
    shuffled = [WordVectors(model.words, random.permutation(model.vectors), model.counts, model.common) for _ in range(30)]
    found = [synonyms_found(one, SYNONYMS) for one in shuffled]
    assert np.mean([one.values.mean() for one in found]) == pytest.approx(found[0].chance, abs=0.004)
    assert len(found[0].values) > 50


def test_a_page_is_found_by_its_title_where_its_body_lies_nearest():
    model = vectors_of(np.eye(30))
    titles = [[f"w{i}"] for i in range(30)]
    assert own_pages_found(model, Corpus(titles, titles)).values.tolist() == [1.0] * 30
    moved = [*titles[1:], titles[0]]
    assert own_pages_found(model, Corpus(titles, moved)).values.sum() == 0  # all pages but one are at the same distance


def test_pages_that_cannot_be_told_apart_are_not_found():
    same = own_pages_found(vectors_of(np.eye(2)), Corpus([["w0"]] * 11, [["w0"]] * 11))
    assert same.values.sum() == 0
    unknown = own_pages_found(vectors_of(np.eye(2)), Corpus([["?"]] * 30, [["w0"]] * 30))
    assert unknown.values.sum() == 0
    assert unknown.chance == pytest.approx(10 / 30)


def test_a_page_without_title_or_body_is_no_case():
    assert len(own_pages_found(vectors_of(np.eye(2)), Corpus([["w0"], [], ["w1"]], [[], ["w0"], ["w1"]])).values) == 1


def test_trained_vectors_find_sample_pages_far_above_chance(corpus):
    found = own_pages_found(train(corpus.texts), corpus)
    assert len(found.values) == 217
    assert found.values.mean() > 4 * found.chance
