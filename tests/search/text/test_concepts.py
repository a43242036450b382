"""Synonyms as one term, and complaints said in pieces."""

import pytest

from search.text.concepts import Concepts, read_synonyms
from search.text.segment import LEXICON, Segmenter


@pytest.fixture(scope="module")
def concepts():
    return Concepts(Segmenter())


@pytest.mark.parametrize(
    "text", ["头痛", "头疼", "脑袋疼", "頭疼", "我的头很痛", "头一直特别疼", "脑袋一阵一阵地疼", "头有点儿痛"]
)
def test_headache_is_one_concept_however_it_is_said(concepts, text):
    assert "头痛" in concepts.words(text)
    assert {concepts.canonical(term.text) for term in concepts.outermost(text)} == {"头痛"}


@pytest.mark.parametrize(
    "text",
    ["做俯卧撑后肱三头肌酸痛", "舌头和腿痛", "骨头疼", "乳头有点疼", "脚趾头踢伤很痛", "头不痛", "馒头噎住胸口痛", "头。痛"],
)
def test_what_is_no_headache_does_not_become_one(concepts, text):
    assert "头痛" not in concepts.words(text)


def test_a_complaint_stands_over_all_of_its_pieces(concepts):
    text = "昨天起我的头很痛，恶心"
    found = {term.text: text[term.start : term.end] for term in concepts.terms(text)}
    assert found["头痛"] == "头很痛"
    assert "恶心" in found


def test_words_inside_a_term_count_unless_they_straddle(concepts):
    assert "头痛" in concepts.words("偏头痛")
    assert "头痛" not in concepts.words("骨头疼")


def test_an_everyday_word_that_begins_a_medical_one_is_not_what_it_is_about(concepts):
    assert "太阳" in concepts.words("今天太阳很大")
    assert "太阳" not in concepts.words("太阳穴痛")
    assert "肾病" in concepts.words("糖尿病肾病")


@pytest.mark.parametrize(("text", "stranger"), [("破伤风", "上呼吸道感染"), ("慢性病", "性传播疾病"), ("肠结核", "肠梗阻")])
def test_a_word_inside_another_does_not_stand_for_what_it_means_alone(concepts, text, stranger):
    assert stranger not in concepts.words(text)


def test_a_word_inside_another_has_its_other_spelling(concepts):
    assert "头痛" in concepts.words("一侧头疼")


def test_a_word_stands_beside_its_canonical_spelling(concepts):
    assert concepts.words("头疼") == ("头疼", "头痛")


def test_a_term_belongs_to_one_group():
    canonical = read_synonyms(LEXICON / "synonyms.txt")
    assert len(canonical) > 15_000
    assert not [term for term, first in canonical.items() if canonical.get(first, first) != first]
