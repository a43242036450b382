"""Word vectors trained on the sample pages: they repeat, they say what they lack, and what all pages share can be taken away."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from indexer.readers.paths import read_paths
from search.errors import ModelUnusable
from search.text.encoders.word2vec import DIMS, Word2VecEncoder, WordVectors, tokens_of, train, without_common
from search.text.segment import Segmenter
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def texts():
    segmenter = Segmenter()
    return [segmenter.words(f"{page.title}\n{page.text}") for page in read_paths([ROOT / "samples" / "pages"])]


@pytest.fixture(scope="module")
def cbow(texts):
    return train(texts)


@pytest.mark.parametrize("method", ["cbow", "skip-gram"])
def test_training_repeats_bit_for_bit(texts, method):
    once, again = train(texts, method), train(texts, method)
    assert list(once.words) == list(again.words)
    assert once.vectors.tobytes() == again.vectors.tobytes()
    assert once.made == {"method": method}


def test_the_two_methods_know_the_same_words_and_place_them_otherwise(texts, cbow):
    skip_gram = train(texts, "skip-gram")
    assert list(skip_gram.words) == list(cbow.words)
    assert skip_gram.counts.tolist() == cbow.counts.tolist()
    assert (skip_gram.vectors * cbow.vectors).sum(axis=1).mean() < 0.98  # both begin at the same random vectors


def test_too_few_words_are_counted_and_said(texts, caplog):
    with caplog.at_level(logging.WARNING):
        assert tokens_of(texts) == sum(len(text) for text in texts)
    assert f"{tokens_of(texts):,} words of text are too few" in caplog.text


def test_words_that_are_all_rare_make_no_model():
    assert train([["头痛", "发热"], ["头痛"]]) is None


def test_without_the_common_direction_pages_have_nothing_of_it_and_are_less_alike(texts, cbow):
    model = without_common(cbow, texts)
    assert np.linalg.norm(model.common) == pytest.approx(1, abs=1e-5)
    before, after = (Word2VecEncoder(one, str.split, "").encode_words(texts) for one in (cbow, model))
    assert np.abs(after @ model.common).max() < 1e-4
    assert np.linalg.norm(after, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    assert abs((after @ after.T).mean()) < 0.1 < (before @ before.T).mean()


def test_a_frequent_word_weighs_less_than_a_rare_one():
    model = WordVectors(["的", "头痛"], np.eye(2, dtype=np.float32), np.array([9_000, 10]), np.zeros(2, np.float32))
    (row,) = Word2VecEncoder(model, str.split, "").encode(["的 头痛"], "query")
    assert row[1] > 2 * row[0] > 0


def test_a_text_without_a_known_word_has_no_direction(cbow):
    assert not Word2VecEncoder(cbow, str.split, "").encode(["qqqq"], "query").any()


def test_a_saved_model_comes_back_with_how_it_was_made(cbow, tmp_path):
    cbow.save(tmp_path)
    loaded = WordVectors.load(tmp_path)
    assert list(loaded.words) == list(cbow.words)
    assert loaded.vectors.tobytes() == cbow.vectors.tobytes()
    assert loaded.common.shape == (DIMS,)
    assert loaded.made == {"method": "cbow"} == json.loads((tmp_path / "made.json").read_text("utf-8"))


def test_a_model_of_before_made_json_loads(cbow, tmp_path):
    cbow.save(tmp_path)
    (tmp_path / "made.json").unlink()
    assert WordVectors.load(tmp_path).made == {}


@pytest.mark.parametrize("name", ["words.json", "vectors.npz", "made.json"])
def test_a_broken_file_is_a_model_that_cannot_be_used(cbow, tmp_path, name):
    cbow.save(tmp_path)
    Path(tmp_path / name).write_bytes(b"{")
    with pytest.raises(ModelUnusable, match="python -m indexer fit word2vec"):
        WordVectors.load(tmp_path)
