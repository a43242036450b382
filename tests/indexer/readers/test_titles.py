import pytest

from indexer.readers.titles import MAX_BORROWED, first_sentence, looks_like_title, titled
from search.errors import BadDocument


@pytest.mark.parametrize("line", ["头痛", "2型糖尿病", "2025 年版流感诊疗方案", "What is COVID-19", "孩子发烧，要不要捂"])
def test_a_short_line_looks_like_a_title(line):
    assert looks_like_title(line)


@pytest.mark.parametrize("line", ["", "头痛。", "我头疼，", "症状：", "1. 多喝水", "- 休息", "一" * 41, "Rest. Then call."])
def test_a_sentence_a_list_item_and_a_lead_in_do_not(line):
    assert not looks_like_title(line)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n　先冷敷。再热敷。", "先冷敷"),
        ("疼吗？疼。", "疼吗？"),
        ("体温38.9℃，已经三天\n今天好些", "体温38.9℃，已经三天"),
        ("Take 2.5 mg daily. Stop if dizzy.", "Take 2.5 mg daily."),
        ("一" * 100, "一" * MAX_BORROWED),
        ("。。。", "。。。"),
        (" \n ", ""),
    ],
)
def test_the_first_sentence_stands_in_for_a_title(text, sentence):
    assert first_sentence(text) == sentence


def test_a_document_without_words_is_refused():
    with pytest.raises(BadDocument, match="title"):
        titled("", " \n")
