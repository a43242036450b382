"""The index of a judged set's corpus: kept by all that it is made of."""

import json
from dataclasses import replace

import pytest

from search.corpus_index import index_folder, index_settings, load
from search.errors import SearchError
from search.settings import Settings
from tests.indexer.workplace import Tools, Workplace

MODELS = {"text": "t1", "bert": "b1", "passages": "first 5 of 200/40"}


@pytest.fixture
def settings(tmp_path):
    return Settings(var=tmp_path / "var")


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "title": "头痛", "text": "头很痛。"}\n', encoding="utf-8")
    return path


@pytest.fixture
def place(tmp_path, tmp_path_factory):
    return Workplace(tmp_path / "place", Tools(tmp_path_factory.mktemp("encoder")))


@pytest.mark.parametrize("kind", MODELS)
def test_another_model_of_any_kind_is_another_index(corpus, settings, kind):
    first, other = (index_settings(corpus, "evaluate", models, settings) for models in (MODELS, MODELS | {kind: "other"}))
    assert index_folder(first) != index_folder(other)
    assert index_settings(corpus, "evaluate", MODELS, settings) == first


def test_another_corpus_is_another_index(corpus, settings):
    before = index_settings(corpus, "evaluate", MODELS, settings)
    corpus.write_text(corpus.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert index_settings(corpus, "evaluate", MODELS, settings) != before


def test_an_evaluation_names_the_indexes_of_the_same_corpus_that_it_does_not_use(place, corpus, tmp_path):
    (tmp_path / "qrels.tsv").write_text("q\ta\t1\n", encoding="utf-8")
    (tmp_path / "queries.tsv").write_text("q\t头痛\n", encoding="utf-8")
    command = ("search", "evaluate", str(tmp_path), "--rankings", "bm25,bert", "--json")
    first = place.run(*command)
    assert json.loads(first.stdout)["rankings"]["bm25"]["nDCG@10"] == 1
    assert "rm -r" not in first.stderr
    (used,) = (place.settings.var / "evaluate").iterdir()
    old = used.with_name(f"{used.name.partition('-')[0]}-0123456789ab")
    old.mkdir()
    (old / "index.db").write_bytes(b"x" * 2_500_000)
    used.with_name("of-another-corpus").mkdir()
    again = place.run(*command)
    assert f"{old}  2.5 MB" in again.stderr
    assert again.stderr.endswith(f"rm -r {old}\n")
    assert again.stdout == first.stdout


def test_a_corpus_of_which_nothing_can_be_read_is_said(place, tmp_path):
    (tmp_path / "corpus.jsonl").write_text("{broken\n", encoding="utf-8")
    own = replace(place.settings, engine=f"embedded:{tmp_path / 'var' / 'x' / 'index'}")
    for _ in range(2):
        with pytest.raises(SearchError, match=r"corpus\.jsonl"):
            load(tmp_path / "corpus.jsonl", own)


def test_a_corpus_whose_models_could_not_be_trained_is_not_taken_for_loaded(place, corpus, tmp_path):
    own = replace(place.settings, engine=f"embedded:{tmp_path / 'var' / 'x' / 'index'}")
    blocked = place.settings.var / "models" / "tfidf"
    blocked.write_bytes(b"")
    with pytest.raises(SearchError, match="tfidf"):
        load(corpus, own)
    blocked.unlink()
    assert load(corpus, own)["unchanged"] == 1


def test_a_corpus_that_is_not_there_is_said(settings, tmp_path):
    with pytest.raises(SearchError, match="nowhere"):
        index_settings(tmp_path / "nowhere", "bench", MODELS, settings)
