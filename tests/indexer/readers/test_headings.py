import pytest

from indexer.readers.headings import heading, without_number


@pytest.mark.parametrize(
    ("line", "level", "words", "rest"),
    [
        ("【适应症】用于发热。", 1, "适应症", "用于发热。"),
        ("一、病因", 1, "病因", ""),
        ("（二）检查", 2, "检查", ""),
        ("第三章 诊断", 1, "第三章 诊断", ""),
        ("用法：", 1, "用法", ""),
    ],
)
def test_a_heading_is_known_by_how_it_is_written(line, level, words, rest):
    first, second = heading(line)
    assert (first.level, first.text, second.text) == (level, words, rest)


@pytest.mark.parametrize("line", ["一、这是一句话，不是标题。", "头痛时休息。", "1. 多喝水", ""])
def test_sentences_and_items_of_lists_are_no_headings(line):
    assert heading(line) is None


def test_levels_can_lie_below_others():
    assert heading("（一）休息", below=7)[0].level == 9


def test_a_heading_loses_its_number_and_keeps_its_words():
    assert [without_number(text) for text in ("一、病因", "【病因】", "病因：", "病因", "2型糖尿病")] == ["病因"] * 4 + [
        "2型糖尿病"
    ]
