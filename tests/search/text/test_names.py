"""Whole names as single terms."""

import pytest

from search.text.concepts import Concepts
from search.text.names import MAX_BYTES, MAX_POSSIBLE, literal_name, possible_names, whole_names
from search.text.segment import Segmenter


@pytest.fixture(scope="module")
def concepts():
    return Concepts(Segmenter())


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("糖尿病", "糖尿病怎么治疗"),
        ("头痛", "我的头很痛"),
        ("头痛", "頭疼怎麼辦"),
        ("支气管哮喘", "哮喘，晚上重"),
        ("上呼吸道感染（普通感冒）", "普通感冒几天好"),
        ("甲状腺功能亢进症", "得了甲亢能喝牛奶吗"),
        ("COVID-19", "covid-19 后咳嗽"),
        ("痛风：大脚趾头突然红肿疼痛", "痛风，大脚趾头突然红肿疼痛 怎么办"),
        ("糖尿病、高血压和高脂血症的患者在冬天怎样安排饮食和运动", "糖尿病、高血压和高脂血症的患者在冬天怎样安排饮食和运动？"),
    ],
)
def test_a_name_is_found_where_it_stands_in_a_question_in_any_spelling(concepts, name, question):
    assert set(whole_names([name], concepts)) & set(possible_names(question, concepts))


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("太阳病", "太阳穴一跳一跳地痛"),
        ("糖尿病", "糖尿病肾病怎么治"),
        ("头痛", "头，痛"),
        ("痤疮", "痔疮膏"),
        ("性病", "慢性病"),
    ],
)
def test_no_name_is_found_inside_a_longer_word_or_across_punctuation(concepts, name, question):
    assert not set(whole_names([name], concepts)) & set(possible_names(question, concepts))


def test_the_wording_of_the_page_matches_twice_a_synonym_once(concepts):
    own = set(whole_names(["感冒"], concepts))
    assert len(own & set(possible_names("感冒吃什么药", concepts))) == 2
    assert len(own & set(possible_names("上呼吸道感染吃什么药", concepts))) == 1


def test_a_sentence_for_a_title_makes_no_endless_term(concepts):
    terms = whole_names(["急性上呼吸道感染" * 40], concepts)
    assert all(len(term.encode()) <= MAX_BYTES for term in terms)


def test_a_long_question_has_no_more_possible_names_than_an_engine_takes_and_the_short_ones_among_them(concepts):
    rare = "".join(map(chr, range(0x4E00, 0x4E00 + 1990)))
    found = possible_names(f"{rare}哮喘", concepts)
    assert len(found) <= MAX_POSSIBLE
    assert set(whole_names(["支气管哮喘"], concepts)) & set(found)


def test_a_long_question_that_repeats_itself_is_read_like_a_short_one(concepts):
    sentence = "成人呼吸窘迫综合征的护理要点，"
    assert set(possible_names(sentence, concepts)) <= set(possible_names(sentence * 130, concepts))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("头痛", "頭痛 "),
        ("糖尿病的护理", "糖尿病的护理？"),
        ("COVID-19", "covid 19"),
        ("其他偏头痛", "其他偏头痛"),
        ("感冒（普通）", "感冒"),
    ],
)
def test_a_name_typed_as_it_stands_is_that_name(concepts, name, typed):
    assert literal_name(typed) in whole_names([name], concepts)


@pytest.mark.parametrize(
    ("name", "typed"), [("头痛", "我的头很痛"), ("头痛", "头很痛"), ("头痛", "头疼"), ("偏头痛", "其他偏头痛")]
)
def test_what_is_said_otherwise_is_not_literally_the_name(concepts, name, typed):
    assert literal_name(typed) not in whole_names([name], concepts)
    assert literal_name(typed) not in possible_names(typed, concepts)


@pytest.mark.parametrize("text", ["", "。", "急性上呼吸道感染" * 40])
def test_no_letters_or_too_many_are_no_literal_name(concepts, text):
    assert literal_name(text) == ""
    assert all(whole_names([text], concepts))
