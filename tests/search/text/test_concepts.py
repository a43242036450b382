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
    assert concepts.words(text) == ("头痛",) or (text == "脑袋疼" and "头痛" in concepts.words(text))


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


def test_a_term_belongs_to_one_group():
    canonical = read_synonyms(LEXICON / "synonyms.txt")
    assert len(canonical) > 15_000
    assert not [term for term, first in canonical.items() if canonical.get(first, first) != first]
