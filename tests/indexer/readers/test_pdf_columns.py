from indexer.readers.pdf_columns import plain_rows, rows
from tests.indexer.readers.pages import lines, segment


def column(name, left, count=8, top=100.0):
    return lines(*(f"{name}{number}" + "字" * 18 for number in range(count)), left=left, top=top)


def order(segments, gap=None):
    return [row.text[:2] for row in rows(segments, gap)[0]]


def test_two_columns_are_read_one_after_the_other():
    found, gap = rows([each for pair in zip(column("左", 50), column("右", 270), strict=True) for each in pair])
    assert [row.text[:2] for row in found] == [f"{side}{number}" for side in "左右" for number in range(8)]
    assert 250 < gap < 270
    assert {(row.left, row.right) for row in found} == {(50, 250), (270, 470)}


def test_what_spans_both_columns_stands_between_what_is_above_and_below():
    wide = segment("横" * 42, 50, 160)
    segments = [*column("左", 50, 4), *column("右", 270, 4), wide, *column("下", 50, 4, 180), *column("末", 270, 4, 180)]
    assert order(segments) == ["左0", "左1", "左2", "左3", "右0", "右1", "右2", "右3", "横横"] + [
        f"{side}{number}" for side in "下末" for number in range(4)
    ]


def test_three_columns_are_read_in_order():
    segments = [each for left, name in ((50, "左"), (270, "中"), (490, "右")) for each in column(name, left)]
    assert order(segments) == [f"{side}{number}" for side in "左中右" for number in range(8)]


def test_a_short_page_has_its_columns_where_the_page_before_had_them():
    segments = [*column("左", 50, 3), *column("右", 270, 3)]
    assert order(segments) == ["左0", "左1", "左2"]  # each with what stands on the right
    assert order(segments, gap=260.0) == [f"{side}{number}" for side in "左右" for number in range(3)]


def test_cells_of_a_table_are_no_columns():
    cells = [
        segment(text, left, 100 + 15 * row) for row in range(9) for text, left in (("药名", 50), ("用法", 200), ("注意", 350))
    ]
    assert rows(cells)[1] is None
    assert [row.text for row in rows(cells)[0]] == ["药名 用法 注意"] * 9


def test_a_page_of_one_column_with_a_few_short_lines_has_one():
    texts = ["长" * 40 if number % 3 else "短" * 15 for number in range(20)]
    assert rows(lines(*texts))[1] is None


def test_what_stands_a_little_higher_is_on_the_same_row():
    (row,) = plain_rows([segment("甲", 50, 100), segment("乙", 80, 102), segment("丙", 65, 98)])
    assert row.text == "甲 丙 乙"


def test_an_empty_page_has_no_rows():
    assert rows([]) == ([], None)
