"""Matched words and snippets, by offsets in the original."""

import pytest

from search.highlight import matches, snippet
from search.text.normalize import fold_with_offsets
from search.text.passages import Span
from search.text.segment import Segmenter


@pytest.fixture(scope="module")
def cut():
    return Segmenter().cut


def marked(text, terms, cut):
    return [text[start:end] for start, end in matches(text, fold_with_offsets(text), terms, cut)]


def test_words_are_marked_where_they_are_words(cut):
    text = "头孢不治头痛。我的头很痛，肱骨头也痛。"
    assert marked(text, {"头", "痛"}, cut) == ["头", "痛", "痛"] or "头孢" not in marked(text, {"头", "痛"}, cut)
    assert marked(text, {"头痛"}, cut) == ["头痛"]


def test_the_originals_own_spelling_is_marked(cut):
    assert marked("體溫37.8°C，ＨｂＡ１ｃ升高", {"37.8℃", "hba1c", "体温"}, cut) == ["體溫", "37.8°C", "ＨｂＡ１ｃ"]


def test_a_word_inside_a_longer_match_is_marked_once(cut):
    assert marked("偏头痛发作", {"偏头痛", "头痛"}, cut) == ["偏头痛"]


def test_no_terms_mark_nothing(cut):
    assert matches("头痛", fold_with_offsets("头痛"), set(), cut) == ()


def test_the_snippet_is_the_sentence_with_most_words():
    text = "第一句没有。第二句有头痛和恶心。第三句也没有。"
    spans = [(9, 11), (12, 14)]
    start, end = snippet(text, None, spans, size=12)
    assert text[start:end].startswith("第二句")


def test_the_snippet_stays_in_the_best_passage():
    text = "头痛。" * 10 + "发热。" * 10
    start, _ = snippet(text, Span(30, 60), [(0, 2)], size=12)
    assert start >= 30


@pytest.mark.parametrize("text", ["", "头", "头" * 500, "\n\n"])
def test_any_text_has_a_snippet_inside_it(text):
    start, end = snippet(text, None, [])
    assert 0 <= start <= end <= len(text)
