from indexer.readers.tables import lines, looks_headed


def test_each_cell_stands_after_the_name_of_its_column():
    rows = [["药名", "用法"], ["布洛芬", "饭后\n口服"], ["对乙酰氨基酚", ""]]
    assert list(lines(rows, headed=True)) == ["药名：布洛芬；用法：饭后 口服", "药名：对乙酰氨基酚"]


def test_rows_of_two_without_names_are_a_name_and_its_value():
    assert list(lines([["别名：", "上感"], ["传染性", "有"]], headed=False)) == ["别名：上感", "传染性：有"]


def test_longer_rows_without_names_are_lists():
    assert list(lines([["一", "二", "", "三"]], headed=False)) == ["一；二；三"]


def test_a_text_over_the_whole_row_stands_alone():
    assert list(lines([["药名", "用法"], ["成人", "成人"], ["甲", "口服"]], headed=True)) == ["成人", "药名：甲；用法：口服"]


def test_a_table_of_names_alone_is_not_lost():
    assert list(lines([["药名", "用法"]], headed=True)) == ["药名：用法"]


def test_a_first_row_of_short_different_words_names_the_columns():
    assert looks_headed([["药名", "用法", "注意"], ["甲", "口服", "无"]])
    for first in (
        ["药名", "用法"],
        ["甲", "甲", "乙"],
        ["药名", "", "注意"],
        ["1", "2", "3"],
        ["药名", "用法", "很长很长的一句话不像是列的名字呀"],
    ):
        assert not looks_headed([first, ["甲"] * len(first)])
