"""Cuts: our rule for Latin and digits, jieba's for Han, and where each term stands."""

import re
from pathlib import Path

import jieba
import pytest

from search.text.normalize import fold
from search.text.segment import LEXICON, Segmenter, character_words, characters, read_terms

HAN = re.compile(r"[\u4e00-\u9fff]+")
SAMPLES = Path(__file__).parents[3] / "samples" / "pages"


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter()


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("幽门螺杆菌感染", ["幽门螺杆菌"]),
        ("做俯卧撑后肱三头肌酸痛", ["肱三头肌"]),
        ("咽痛三天", ["咽痛"]),
        ("2型糖尿病", ["2型", "糖尿病"]),
        ("体温37.8℃", ["37.8℃"]),
        ("體溫 37.8°C", ["体温", "37.8℃"]),
        ("HbA1c 7.5%", ["hba1c", "7.5%"]),
        ("头颅CT检查", ["ct", "检查"]),
        ("COVID-19疫苗", ["covid-19", "covid", "疫苗"]),
        ("做B超和X线", ["b超", "x线"]),
        ("ＩＬ－６升高", ["il-6"]),
        ("血压140/90mmHg", ["140"]),
    ],
)
def test_medical_words_stay_whole(segmenter, text, whole):
    assert set(whole) <= set(segmenter.words(text))


def test_my_head_hurts_falls_apart_as_it_must(segmenter):
    assert [term.text for term in segmenter.cut("我的头很痛")] == ["我", "的", "头", "很", "痛"]
    assert segmenter.words("我的头很痛") == ("头", "痛")


@pytest.mark.parametrize("page", sorted(SAMPLES.glob("*.md"))[:5], ids=lambda page: page.stem)
def test_the_words_of_a_cut_are_the_words_of_its_text(segmenter, page):
    text = page.read_text(encoding="utf-8")
    assert segmenter.words_of(segmenter.cut(text)) == segmenter.words(text)


def test_stop_words_go_and_negations_stay(segmenter):
    words = segmenter.words("请问医生，我没有发烧，不能吃什么药？")
    assert {"没有", "不能", "发烧", "药"} <= set(words)
    assert not {"请问", "医生", "我", "什么"} & set(words)


def test_no_negation_is_a_stop_word():
    stop_words = set(read_terms(LEXICON / "stopwords.txt"))
    assert not stop_words & set(
        ["不", "没", "没有", "无", "未", "非", "勿", "否", "别", "禁", "忌", "不能", "不要", "不是", "不会", "避免"]
    )


def test_the_lexicon_is_large_and_clean():
    terms = read_terms(LEXICON / "terms.txt")
    assert len(terms) >= 5000
    assert len(set(terms)) == len(terms)
    assert not [term for term in terms if re.search(r"\s", term) or len(term) < 2]


@pytest.mark.parametrize("text", ["頭痛發燒37.8°C，ＣＯＶＩＤ－19", "ﬁ 幽门螺杆菌\u200d头", "😀头痛😀\n\tCT检查"])
def test_every_term_lies_at_its_offsets_in_the_original(segmenter, text):
    terms = segmenter.cut(text)
    assert terms
    assert [fold(text[term.start : term.end]) for term in terms] == [term.text for term in terms]


def test_characters_are_han_characters_and_whole_latin_words():
    assert character_words("我的HbA1c为7.5%，頭痛") == ("我", "的", "hba1c", "为", "7", "5", "%", "头", "痛")
    text = "頭 痛"
    assert [(term.text, text[term.start : term.end]) for term in characters(text)] == [("头", "頭"), ("痛", "痛")]


def test_han_is_cut_as_jieba_itself_cuts_it(segmenter, tmp_path):
    """The reference: jieba in search mode with the same lexicon and frequencies, over all sample pages."""
    reference = jieba.Tokenizer()
    reference.tmp_dir = str(tmp_path)
    reference.initialize()
    words = [term for term in segmenter.lexicon if HAN.fullmatch(term)]
    frequencies = [reference.suggest_freq(word) for word in words]
    for word, frequency in zip(words, frequencies, strict=True):
        reference.add_word(word, frequency, "n")
    runs = [run for path in sorted(SAMPLES.glob("*.md")) for run in HAN.findall(fold(path.read_text(encoding="utf-8")))]
    same = sum(list(reference.cut_for_search(run, HMM=False)) == segmenter.cut_like_jieba(run) for run in runs)
    assert len(runs) > 5000
    assert same / len(runs) >= 0.999
