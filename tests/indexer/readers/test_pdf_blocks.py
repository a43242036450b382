from indexer.readers.outline import Block
from indexer.readers.pdf_blocks import blocks
from indexer.readers.pdf_columns import plain_rows
from tests.indexer.readers.pages import lines, segment

FULL = "字" * 40  # a line that fills its column


def texts(*segments, right=450.0):
    return blocks(plain_rows(segments, (50.0, right)))


def joined(*parts):
    """The blocks of lines that fill their column, whatever their length."""
    return blocks([row for text in parts for row in plain_rows([segment(text, 50, 100)], (50.0, 50.0 + 10 * len(text)))])


def test_lines_that_fill_their_column_are_one_paragraph():
    assert texts(*lines(FULL, FULL, "完。")) == [Block(0, FULL + FULL + "完。")]


def test_a_line_that_begins_further_in_begins_a_paragraph():
    assert texts(segment("甲" * 40, 50, 100), segment("乙" * 38, 70, 115), segment("丙" * 40, 50, 130)) == [
        Block(0, "甲" * 40),
        Block(0, "乙" * 38 + "丙" * 40),
    ]


def test_a_sentence_that_ends_before_the_border_ends_a_paragraph():
    assert texts(*lines("甲" * 35 + "。", FULL)) == [Block(0, "甲" * 35 + "。"), Block(0, FULL)]


def test_a_wide_distance_begins_a_paragraph():
    assert len(texts(*lines(FULL, FULL, FULL), *lines(FULL, top=175.0))) == 2


def test_a_divided_word_is_healed_and_a_compound_keeps_its_hyphen():
    assert joined("blood hyper-", "tension") == [Block(0, "blood hypertension")]
    assert joined("an anti-inflammatory drug", "is anti-", "inflammatory") == [
        Block(0, "an anti-inflammatory drug is anti-inflammatory")
    ]
    assert joined("COVID-", "19 病例") == [Block(0, "COVID-19 病例")]


def test_only_latin_words_get_a_space_between_lines():
    assert joined("the blood", "pressure of", "患者的血压", "BP 值") == [Block(0, "the blood pressure of患者的血压BP 值")]


def test_larger_lines_are_headings_by_rank_of_their_size():
    found = texts(
        segment("头痛诊治指南", 50, 50, size=20),
        segment("病因", 50, 80, size=13),
        *lines(FULL, FULL),
        segment("治疗", 50, 140, size=13),
        *lines(FULL, top=160.0),
    )
    assert [block for block in found if block.level] == [Block(1, "头痛诊治指南"), Block(2, "病因"), Block(2, "治疗")]


def test_a_heading_of_two_lines_is_one():
    found = texts(segment("头痛诊治指南", 50, 50, size=20), segment("第二版", 50, 74, size=20), *lines(FULL, FULL))
    assert found[0] == Block(1, "头痛诊治指南第二版")


def test_bold_short_lines_are_headings_unless_all_is_bold():
    one = segment("病因", 50, 85, bold=True)
    assert texts(one, *lines(FULL))[0] == Block(7, "病因")
    assert texts(one, segment(FULL, 50, 100, bold=True))[0].level == 0


def test_numbered_lines_are_headings_and_numbered_sentences_are_not():
    found = texts(*lines("1 资料与方法", FULL, "完。", "1.2 研究对象", FULL, "完。", "2 岁以下的儿童，应当就医。", FULL))
    assert [block for block in found if block.level] == [Block(8, "资料与方法"), Block(9, "研究对象")]


def test_what_follows_a_heading_in_brackets_goes_on():
    assert texts(*lines("【摘要】" + "甲" * 36, "乙。")) == [Block(8, "摘要"), Block(0, "甲" * 36 + "乙。")]


def test_items_of_a_list_are_lines_of_their_own():
    found = texts(*lines("甲" * 39 + "；", "（2）" + "乙" * 36 + "；", "3、丙。"))
    assert [block.text[:3] for block in found] == ["甲甲甲", "（2）", "3、丙"]


def test_the_table_of_contents_is_left_out():
    assert texts(*lines("第一章 概述 ........ 3", "第二章 治疗……………12", FULL)) == [Block(0, FULL)]


def test_tables_are_lines_with_the_names_of_columns():
    cells = [
        segment(text, left, 100 + 15 * row)
        for row, texts in enumerate((("药名", "用法", "注意"), ("甲", "口服", "无"), ("乙", "外用", "慎用")))
        for text, left in zip(texts, (50, 150, 300), strict=True)
    ]
    assert texts(*cells) == [Block(0, "药名：甲；用法：口服；注意：无"), Block(0, "药名：乙；用法：外用；注意：慎用")]
