"""What stops a fit before it has cost minutes."""

from pathlib import Path

import numpy as np
import pytest

from search.errors import ModelUnusable, SearchError
from search.evaluation.dataset import Dataset
from search.evaluation.tuning import Example
from search.searcher import Searcher
from search.text.analyzer import Analyzer
from search.tune import check_writable, tune, unseen

SAMPLES = Path(__file__).parents[2] / "samples"


def no_encoder():
    raise ModelUnusable("model.onnx 已损坏")


def test_without_an_encoder_nothing_is_fitted(samples, tmp_path):
    known = samples.analyzer

    def without_encoder(models):
        return Analyzer(known.segmenter, no_encoder, models, known.tfidf, known.word2vec)

    out = tmp_path / "rankings.json"
    with pytest.raises(ModelUnusable, match=r"model.onnx 已损坏"):
        tune([(Dataset.open(SAMPLES), Searcher(samples.engine, without_encoder))], 5, out)
    assert not out.exists()


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path):
    old = tmp_path / "old.json"
    old.write_text("{}", encoding="utf-8")
    check_writable(old)
    check_writable(tmp_path / "new.json")
    assert old.read_text(encoding="utf-8") == "{}"
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]


@pytest.mark.parametrize("place", [".", "none/rankings.json"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, place):
    with pytest.raises(SearchError, match="--out"):
        check_writable(tmp_path / place)


def test_legs_that_no_set_feeds_are_named():
    fed = Example("s", np.array([[1.0, np.nan]]), np.array([1.0]), np.array([1.0]), np.array([1.0, 1.0]))
    assert unseen([fed], ["bm25.title", "bm25.aliases"]) == ["bm25.aliases"]
