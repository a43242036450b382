"""The TF-IDF model against scikit-learn itself."""

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from search.errors import ModelUnusable
from search.text.models import ModelStore
from search.text.tfidf import TfidfModel

DOCUMENTS = [["头痛", "头痛", "发热"], ["头痛", "咳嗽"], ["发热", "咳嗽", "咳嗽"], ["孤词"]]


def test_weights_are_scikit_learns():
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, min_df=2).fit(DOCUMENTS)
    names = vectorizer.get_feature_names_out()
    row = vectorizer.transform([DOCUMENTS[0]]).toarray()[0]
    assert TfidfModel.fit(DOCUMENTS).weights(DOCUMENTS[0]) == pytest.approx(
        {n: w for n, w in zip(names, row, strict=True) if w}
    )


def test_weights_have_unit_length_and_unknown_terms_none():
    weights = TfidfModel.fit(DOCUMENTS).weights(["头痛", "发热", "发热", "孤词", "没见过"])
    assert set(weights) == {"头痛", "发热"}
    assert sum(value**2 for value in weights.values()) == pytest.approx(1)
    assert TfidfModel.fit(DOCUMENTS).weights(["没见过"]) == {}


def test_the_same_texts_in_any_order_give_the_same_fingerprint(tmp_path):
    store = ModelStore(tmp_path)
    first = store.save("tfidf", TfidfModel.fit(DOCUMENTS).save)
    assert store.save("tfidf", TfidfModel.fit(DOCUMENTS[::-1]).save) == first
    assert TfidfModel.load(store.folder("tfidf", first)).idf == TfidfModel.fit(DOCUMENTS).idf


@pytest.mark.parametrize("documents", [[], [[]], [["a"], ["b"]]])
def test_texts_without_a_common_term_give_an_empty_model(documents):
    assert TfidfModel.fit(documents).weights(["a"]) in ({}, {"a": 1.0})


def test_a_missing_or_damaged_model_says_so(tmp_path):
    store = ModelStore(tmp_path)
    mark = store.save("tfidf", TfidfModel.fit(DOCUMENTS).save)
    with pytest.raises(ModelUnusable, match="nothere"):
        store.folder("tfidf", "nothere")
    path = tmp_path / "tfidf" / mark / "idf.json"
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(ModelUnusable, match="已损坏"):
        store.folder("tfidf", mark)
    with pytest.raises(ModelUnusable):
        TfidfModel.load(path.parent)
