"""Pinyin for sorting and typing."""

from search.text.pinyin import sort_key, spellings


def test_names_are_found_by_themselves_their_pinyin_and_their_initials():
    assert spellings("头痛") == ("头痛", "toutong", "tt")
    assert spellings("B超") == ("b超", "bchao", "bc")
    assert spellings("HbA1c") == ("hba1c",)


def test_titles_sort_as_a_dictionary_does():
    assert sorted(["阿司匹林", "头痛", "偏头痛", "B超", "发热"], key=sort_key) == ["阿司匹林", "B超", "发热", "偏头痛", "头痛"]
