from indexer.readers.pdf_running import without_running
from tests.indexer.readers.pages import lines, page, segment


def texts(pages):
    return [[segment.text for segment in each.segments] for each in without_running(pages)]


def book(count, head=lambda number: "某某杂志", foot=lambda number: f"第 {number} 页"):
    return [
        page(segment(head(number), 50, 30), *lines(f"正文{number}", "又一行"), segment(foot(number), 250, 770))
        for number in range(1, count + 1)
    ]


def test_heads_and_numbers_of_pages_go():
    assert texts(book(3)) == [[f"正文{number}", "又一行"] for number in (1, 2, 3)]


def test_left_and_right_pages_have_heads_of_their_own():
    pages = book(6, head=lambda number: f"{number} 某某杂志" if number % 2 else f"作者等：头痛研究 {number}")
    assert texts(pages)[3] == ["正文4", "又一行"]


def test_a_number_goes_from_a_single_page_and_a_head_stays():
    assert texts(book(1)) == [["某某杂志", "正文1", "又一行"]]


def test_a_text_at_the_edge_of_one_page_stays():
    pages = book(4)
    last = page(segment("完", 50, 30), *lines("正文"), segment("2025年3月", 250, 770))
    assert texts([*pages, last])[-1] == ["完", "正文", "2025年3月"]


def test_a_title_stays_that_is_larger_than_the_head_that_repeats_it():
    first = page(segment("头痛诊治", 50, 30, size=20), *lines("正文"))
    assert texts([first, *book(3, head=lambda _: "头痛诊治")])[0] == ["头痛诊治", "正文"]


def test_the_same_words_in_the_middle_of_pages_stay():
    pages = [page(*lines("用法：口服", top=400.0)) for _ in range(5)]
    assert texts(pages) == [["用法：口服"]] * 5


def test_what_stands_further_in_than_a_text_stays():
    pages = [page(segment(f"第{word}", 50, 20), segment("每页都有", 50, 40), *lines("正文")) for word in "甲乙丙丁"]
    assert texts(pages)[0] == ["第甲", "每页都有", "正文"]
