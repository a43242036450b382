"""Derivations: what an entry holds, and what is used again. An encoder that counts stands in for BERT: its vectors do not matter here."""

from threading import Event

import numpy as np
import pytest

from indexer.pipeline import Pipeline, Plan
from search.document import Section
from search.errors import ModelUnusable
from search.text.analyzer import Analyzer
from search.text.passages import ENCODED_PASSAGES
from search.text.segment import Segmenter
from search.text.tfidf import TfidfModel
from tests.factories import make_document


class CountingEncoder:
    """Unit vectors by the text's length; remembers what it was asked."""

    fingerprint = "counting"
    dims = 3

    def __init__(self):
        self.texts = []

    def encode(self, texts, role):
        self.texts.extend(texts)
        rows = np.array([[len(text), 1, 2] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Awaiting(CountingEncoder):
    """Encodes only once something else has been derived."""

    def __init__(self, derived):
        super().__init__()
        self.derived = derived

    def encode(self, texts, role):
        assert self.derived.wait(30), "nothing is derived while the encoder works"
        return super().encode(texts, role)


class Telling(TfidfModel):
    """Tells that it was asked for weights."""

    def __init__(self, derived):
        super().__init__({"头痛": 1.0})
        self.derived = derived

    def weights(self, terms):
        self.derived.set()
        return super().weights(terms)


class Broken(TfidfModel):
    """A model that fails when it is used."""

    def weights(self, terms):
        raise ModelUnusable("the model broke")


SEGMENTER = Segmenter()
PAGE = make_document(
    "a",
    "偏头痛",
    "多为一侧头疼。常伴恶心。\n原因不明。",
    aliases=("偏头疼",),
    sections=(Section("症状", 0, 13), Section("病因", 13, 18)),
)


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def pipeline(encoder):
    return Pipeline(Analyzer(SEGMENTER, lambda: encoder, {}))


def test_an_entry_has_the_words_of_its_parts(pipeline):
    terms = pipeline.build_entry(PAGE).terms
    assert "偏头痛" in terms["title"]
    assert "偏头疼" in terms["aliases"] or "头疼" in terms["aliases"]
    assert "恶心" in terms["symptoms"]
    assert "原因" not in terms["symptoms"]
    assert {"症状", "病因", "原因"} <= set(terms["body"])
    assert terms["title_chars"] == ("偏", "头", "痛")
    assert "头痛" in terms["body_concepts"]


def test_the_encoder_reads_the_title_and_passages_that_say_what_they_are_about(pipeline, encoder):
    entry = pipeline.build_entry(PAGE)
    assert encoder.texts[0] == "偏头痛"
    assert encoder.texts[1].startswith("偏头痛\n多为一侧头疼")
    assert len(entry.passages) == len(encoder.texts) - 1
    assert entry.title_vector is not None


def test_a_long_page_has_a_bounded_number_of_passages(pipeline):
    entry = pipeline.build_entry(make_document("b", "长文", "这是一句很长的话，说的是头痛。" * 200))
    assert len(entry.passages) == ENCODED_PASSAGES


def test_what_the_same_models_derived_is_used_again(pipeline, encoder):
    stored = pipeline.build_entry(PAGE)
    encoder.texts.clear()
    assert pipeline.rederive([stored]) == [stored]
    assert encoder.texts == []


def test_a_new_model_derives_only_what_depends_on_it(pipeline, encoder):
    stored = pipeline.build_entry(PAGE)
    encoder.texts.clear()
    fitted = Analyzer(SEGMENTER, lambda: encoder, {"tfidf": "x"}, tfidf=TfidfModel({"头痛": 1.0, "恶心": 2.0}))
    (entry,) = Pipeline(fitted).rederive([stored])
    assert encoder.texts == []
    assert "恶心" in entry.tfidf
    assert entry.passages == stored.passages


def test_a_changed_text_is_derived_anew(pipeline, encoder):
    stored = pipeline.build_entry(PAGE)
    encoder.texts.clear()
    changed = make_document("a", "偏头痛", "全文都改了。")
    (entry,) = pipeline.build_entries([Plan(changed, 2, stored)])
    assert encoder.texts
    assert entry.version == 2
    assert "改" in entry.terms["body_chars"]


def test_what_was_hidden_stays_hidden(pipeline):
    from dataclasses import replace

    stored = replace(pipeline.build_entry(PAGE), hidden=True)
    assert pipeline.rederive([stored])[0].hidden


def test_a_title_alone_is_a_page(pipeline):
    entry = pipeline.build_entry(make_document("t", "头痛", ""))
    assert entry.passages == ()
    assert entry.title_vector is not None


def test_words_are_derived_while_the_encoder_works():
    derived = Event()
    pipeline = Pipeline(Analyzer(SEGMENTER, lambda: Awaiting(derived), {"tfidf": "x"}, tfidf=Telling(derived)))
    assert pipeline.build_entry(PAGE).title_vector is not None


def test_what_fails_beside_the_encoder_fails_where_the_caller_stands(encoder):
    pipeline = Pipeline(Analyzer(SEGMENTER, lambda: encoder, {"tfidf": "x"}, tfidf=Broken({})))
    with pytest.raises(ModelUnusable, match="the model broke"):
        pipeline.build_entry(PAGE)


@pytest.mark.parametrize("text", ["多为一侧头疼，体温38 °C，血压140/90㎜Hg。", "頭很痛，伴噁心。", "ＣＴ检查ﬁne e\u0301", ""])
def test_a_body_that_is_cut_once_has_the_words_and_the_concepts_of_its_text(pipeline, text):
    terms = pipeline.build_entry(make_document("a", "头痛", text, sections=(Section("症状", 0, len(text)),))).terms
    body = f"症状\n{text}"
    assert terms["body"] == SEGMENTER.words(body)
    assert terms["body_concepts"] == pipeline.analyzer.concepts.words(body)
