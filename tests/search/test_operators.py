"""What may be written around words."""

import pytest

from search.operators import TITLE_FIELDS, Wording, read_operators
from search.query import CHARACTER_FIELDS, Filters, Phrase


def anywhere(text):
    return Phrase(CHARACTER_FIELDS, tuple(text))


def in_title(text):
    return Phrase(TITLE_FIELDS, tuple(text))


@pytest.mark.parametrize(
    ("written", "text", "phrases", "without"),
    [
        ('"偏头痛"', "偏头痛", (anywhere("偏头痛"),), ()),
        ("“偏头痛” 孕妇", "偏头痛 孕妇", (anywhere("偏头痛"),), ()),
        ("＂偏头痛＂ 孕妇", "偏头痛 孕妇", (anywhere("偏头痛"),), ()),
        ("头痛 -偏头痛", "头痛 ", (), (anywhere("偏头痛"),)),
        ("头痛 －“一侧 搏动”", "头痛 ", (), (anywhere("一侧搏动"),)),
        ("title:头痛 恶心", "头痛 恶心", (in_title("头痛"),), ()),
        ("标题：“紧张 头痛”", "紧张 头痛", (in_title("紧张头痛"),), ()),
        ('"头痛" "恶心"', "头痛 恶心", (anywhere("头痛"), anywhere("恶心")), ()),
        ('"HbA1c"', "HbA1c", (Phrase(CHARACTER_FIELDS, ("hba1c",)),), ()),
        ("-头痛", "", (), (anywhere("头痛"),)),
    ],
)
def test_operators_become_phrases_and_leave_the_words(written, text, phrases, without):
    assert read_operators(written) == Wording(text, phrases, without)


@pytest.mark.parametrize(
    "text",
    [
        "我的头很痛",
        "COVID-19 后咳嗽",
        "医生说我有“乙肝病毒携带”，要治吗",
        'a"b',
        '头痛 "',
        '""',
        '"。。"',
        "- 头痛",
        "零下 -5 度",
        "title: 头痛",
        "-",
        "血压140-90",
        "",
    ],
)
def test_what_only_looks_like_an_operator_stays_as_it_is(text):
    assert read_operators(text) == Wording(text)


def test_operators_add_to_the_filters_that_were_chosen():
    chosen = Filters(include={"kind": ("drug",)}, without_terms=(anywhere("孕妇"),))
    narrowed = read_operators('"布洛芬" -儿童').narrowed(chosen)
    assert narrowed.include == chosen.include
    assert narrowed.phrases == (anywhere("布洛芬"),)
    assert narrowed.without_terms == (anywhere("孕妇"), anywhere("儿童"))
