"""What `fit` chooses, and by what: the mean with or without the common direction, CBOW or skip-gram."""

import json

import numpy as np
import pytest

from indexer.compare import Comparison, Trained, compare_methods
from indexer.fit import fit, read_corpus
from indexer.model_quality import Corpus, Measured, own_pages_found
from indexer.pipeline import Pipeline
from indexer.rebuild import rebuild
from indexer.word_vectors import better_mean, fit_word_vectors, installed_method
from search.text.encoders.word2vec import KIND, WordVectors
from search.text.models import ModelStore
from tests.indexer.workplace import Workplace


@pytest.fixture(scope="module")
def corpus(sampled):
    engine = sampled.engine()
    yield read_corpus(engine)
    engine.close()


@pytest.fixture(scope="module")
def skip_gram(corpus):
    return fit_word_vectors(corpus, "skip-gram")


@pytest.fixture
def place(sampled, tmp_path):
    return Workplace.copy_of(sampled, tmp_path / "place")


def store_of(place):
    return ModelStore(place.folder / "var" / "models")


def installed(place):
    engine = place.engine()
    mark = engine.generation().models[KIND]
    engine.close()
    return WordVectors.load(store_of(place).folder(KIND, mark)), mark


def test_the_common_direction_goes_where_pages_are_found_more_often_without_it(corpus, skip_gram):
    recalls = skip_gram.made["own_page_recall_at_10"]
    assert skip_gram.made["common_removed"]
    assert skip_gram.common.any()
    assert recalls["without_common"] > recalls["with_common"]
    assert own_pages_found(skip_gram, corpus).values.mean() == pytest.approx(recalls["without_common"], abs=1e-4)


def test_the_common_direction_stays_where_pages_are_found_more_often_with_it():
    angles = np.linspace(
        -0.5, 0.5, 41
    )  # the words differ by how much they have of what all have; without it only a sign is left
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    model = WordVectors([f"w{i}" for i in range(41)], rows, np.ones(41, int), np.zeros(2, np.float32), {"method": "cbow"})
    words = [[f"w{i}"] for i in range(41)]
    chosen = better_mean(model, Corpus(words, words))
    assert not chosen.common.any()
    assert chosen.made == {
        "method": "cbow",
        "common_removed": False,
        "own_page_recall_at_10": {"with_common": 1.0, "without_common": pytest.approx(0, abs=0.1)},
    }


def test_the_choice_is_stored_with_the_model_that_a_load_fits(place):
    model, _ = installed(place)
    assert model.made["method"] == "cbow"
    assert set(model.made["own_page_recall_at_10"]) == {"with_common", "without_common"}
    assert model.common.any() == model.made["common_removed"]


def test_a_comparison_reports_both_and_keeps_cbow_where_skip_gram_is_worse(place):
    _, before = installed(place)
    answer = json.loads(place.run("indexer", "fit", KIND, "--compare", "--json").stdout)
    found = answer["comparison"]
    cbow, skip_gram = found["methods"]["cbow"], found["methods"]["skip-gram"]
    assert cbow["words"] == skip_gram["words"] > 1_000
    assert min(cbow["seconds"], skip_gram["seconds"]) > 0
    assert cbow["own_pages"]["low"] < cbow["own_pages"]["mean"] < cbow["own_pages"]["high"]
    assert found["differences"]["own_pages"]["high"] < 0  # a corpus this small: untrained vectors tell words apart, and no more
    assert found["kept"] == "cbow"
    assert found["too_few_tokens"]
    assert answer["models"][KIND] == installed(place)[1] == before  # to the bit what the load had fitted


def test_a_comparison_is_a_table_and_a_sentence_for_a_person(corpus):
    comparison = compare_methods(corpus, 42_711)
    said = comparison.to_text()
    assert "skip-gram − cbow" in said
    assert f"{len(comparison.usual.model.words):,} 词" in said
    assert "随机 0.0461" in said  # ten of 217 pages
    assert "语料只有 42,711 词，少于 2,000,000 词" in said
    assert "保留 cbow：" in said  # by some measure skip-gram is not better; by which depends on the samples


def test_a_comparison_of_too_little_says_so_and_changes_nothing(place, tmp_path):
    assert "--compare" in place.refused("indexer", "fit", "tfidf", "--compare")
    small = Workplace.copy_of(place, tmp_path / "small")
    (tmp_path / "page.txt").write_text("头痛\n头很痛。", encoding="utf-8")
    small.settings = type(small.settings)(engine=f"embedded:{tmp_path / 'other'}", var=small.settings.var)
    small.run("indexer", "load", str(tmp_path / "page.txt"))
    assert "没有一个词出现 5 次" in small.refused("indexer", "fit", "--compare")


def test_what_a_comparison_chose_stays_with_the_next_fit(place, tools, skip_gram):
    engine, store = place.engine(), store_of(place)
    models = {**engine.generation().models, KIND: store.save(KIND, skip_gram.save)}
    rebuild(engine, Pipeline(tools.analyzer(store, models)), lambda count: None)
    engine.close()
    place.run("indexer", "fit")
    model, mark = installed(place)
    assert model.made["method"] == "skip-gram"
    assert mark == models[KIND]


def test_a_rebuild_after_a_change_of_the_lexicon_keeps_to_it_too(place, skip_gram):
    """Such a rebuild drops the models first: their words are cut anew."""
    engine, store = place.engine(), store_of(place)
    models = {KIND: store.save(KIND, skip_gram.save)}
    fitted = fit(engine, store, [KIND], before=models).models
    engine.close()
    assert WordVectors.load(store.folder(KIND, fitted[KIND])).made["method"] == "skip-gram"


def test_where_the_installed_model_is_lost_or_damaged_the_next_is_cbow(tmp_path, skip_gram):
    store = ModelStore(tmp_path)
    mark = store.save(KIND, skip_gram.save)
    assert installed_method(store, {KIND: mark}) == "skip-gram"
    (store.folder(KIND, mark) / "made.json").write_text("{}", encoding="utf-8")
    assert installed_method(store, {KIND: mark}) == "cbow"
    assert installed_method(store, {KIND: "0" * 12}) == installed_method(store, {}) == "cbow"


BETTER, WORSE, SAME = 0.9, 0.1, 0.5


@pytest.mark.parametrize(
    ("synonyms", "own_pages", "kept", "said"),
    [
        (BETTER, BETTER, "skip-gram", "以后的 fit 也用它"),
        (SAME, BETTER, "skip-gram", "“标题的词找到本文，前 10”显著更好"),
        (SAME, SAME, "cbow", "没有一项显著更好"),
        (BETTER, WORSE, "cbow", "“最近 10 个词里有同义词”显著更好，但“标题的词找到本文，前 10”显著更差"),
        (WORSE, SAME, "cbow", "“最近 10 个词里有同义词”显著更差"),
    ],
)
def test_the_rival_is_kept_only_where_it_is_better_and_nowhere_worse(synonyms, own_pages, kept, said):
    usual, rival = trained("cbow", SAME, SAME), trained("skip-gram", synonyms, own_pages)
    comparison = Comparison(10, usual, rival)
    assert comparison.kept.method == kept
    assert said in comparison.to_text()
    assert comparison.to_dict()["kept"] == kept


def test_a_measure_without_a_case_decides_nothing():
    usual, rival = trained("cbow", None, SAME), trained("skip-gram", None, BETTER)
    comparison = Comparison(10, usual, rival)
    assert comparison.kept is rival
    assert comparison.differences["synonyms"] is None
    assert "语料里没有可量的" in comparison.to_text()
    assert comparison.to_dict()["methods"]["cbow"]["synonyms"]["cases"] == 0


def trained(method, synonyms, own_pages):
    """A model of no words, with so large a share of 1,000 cases found; None: no case."""
    model = WordVectors([], np.zeros((0, 2)), np.zeros(0, int), np.zeros(2), {"method": method, "common_removed": True})
    return Trained(method, 1.0, model, {"synonyms": cases(synonyms), "own_pages": cases(own_pages)})


def cases(share):
    return Measured(np.zeros(0) if share is None else (np.arange(1_000) / 1_000 < share).astype(float), 0.01)
