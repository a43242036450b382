from indexer.readers.pdf_columns import plain_rows
from indexer.readers.pdf_tables import table_at
from tests.indexer.readers.pages import lines, segment


def table(*rows, lefts=(50, 150, 300), below=()):
    cells = [
        segment(text, left, 100 + 15 * number)
        for number, row in enumerate(rows)
        for text, left in zip(row, lefts, strict=False)
        if text
    ]
    return table_at(plain_rows([*cells, *below], (50, 500)), 0)


def test_cells_under_each_other_are_a_table():
    found = table(("药名", "用法", "注意"), ("甲", "口服", "无"), ("乙", "", "慎用"))
    assert found.cells == [["药名", "用法", "注意"], ["甲", "口服", "无"], ["乙", "", "慎用"]]
    assert found.rows == 3


def test_a_line_without_its_first_cell_goes_on_with_the_row_above():
    found = table(("药名", "用法", "注意"), ("甲", "口服", "溃疡、"), ("", "", "孕妇"), ("乙", "外用", "无"))
    assert found.cells[1] == ["甲", "口服", "溃疡、孕妇"]
    assert (len(found.cells), found.rows) == (3, 4)


def test_text_under_a_table_is_none_of_it():
    rows = (("药名", "用法", "注意"), ("甲", "口服", "无"))
    wide = table(*rows, below=lines("正文" * 20, top=135.0))
    narrow = table(*rows, below=lines("注：略", top=135.0))
    assert (wide.rows, narrow.rows) == (2, 2)


def test_two_rows_of_two_are_no_table_and_three_are():
    pair = ("别名：上感", "科室：内科")
    assert table(pair, pair, lefts=(50, 300)) is None
    assert table(pair, pair, pair, lefts=(50, 300)).rows == 3


def test_rows_whose_cells_do_not_stand_under_each_other_are_no_table():
    segments = [
        segment(text, left, 100 + 15 * row)
        for row in range(4)
        for text, left in (("前半句话", 50), ("后半句话", 110 + 40 * row))
    ]
    found = table_at(plain_rows(segments, (50, 500)), 0)
    assert found is None or found.rows < 4
