from datetime import UTC, date, datetime

import pytest

from indexer.readers.rows import clean, document_of, read_date
from search.errors import BadDocument
from tests.factories import make_document


@pytest.mark.parametrize(
    "written",
    [
        "2025-06-12",
        "2025-06-12T08:00:00+08:00",
        "2025-06-12 08:00",
        "2025/6/12",
        "2025.6.12",
        "2025年6月12日",
        " 2025 年 6 月 12 日",
        "20250612",
    ],
)
def test_a_date_is_read_as_people_write_it(written):
    assert read_date(written) == date(2025, 6, 12)


@pytest.mark.parametrize(
    "written", ["", "昨天", "2025", "2025-13-01", "2025-02-30", "0000-01-01", "2025-06-123", "12-06-2025", None, 20250612]
)
def test_what_is_no_date_is_left_empty(written):
    assert read_date(written) is None


def test_lists_may_be_a_single_text():
    facts = document_of({"departments": "内科 / 心内科、急诊科", "aliases": "N,N-二甲基甲酰胺；DMF"}).facts
    assert facts.departments == ("内科/心内科", "急诊科")
    assert facts.aliases == ("N,N-二甲基甲酰胺", "DMF")


def test_a_stored_document_comes_back_as_it_was():
    document = make_document("a", "题", "一二三", kind="disease", departments=("内科",), published_at=date(2025, 1, 2))
    assert document_of(document.to_dict()) == document


def test_a_row_may_say_when_it_was_captured():
    assert document_of({"captured_at": "2025-01-02T08:00:00+08:00"}).captured_at == datetime(2025, 1, 2, tzinfo=UTC)


def test_section_offsets_follow_the_cleaned_text():
    text = "一\r\n\0二\r\n三"
    rows = [{"heading": "甲", "start": 0, "end": 5}, {"heading": "乙", "start": 7, "end": 8}]
    document = document_of({"text": text, "sections": rows})
    assert [document.text[section.start : section.end] for section in document.sections] == ["一\n二", "三"]


def test_an_offset_between_carriage_return_and_newline_moves_behind_both():
    document = document_of({"text": "一\r\n二", "sections": [{"heading": "甲", "start": 2, "end": 4}]})
    assert [(section.start, section.end) for section in document.sections] == [(2, 3)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"heading": "乙", "start": 1, "end": 99},
        {"heading": "乙", "start": 2, "end": 1},
        {"heading": "乙", "start": -1, "end": 1},
        {"heading": "乙", "start": "0", "end": 1},
        {"heading": None, "start": 0, "end": 1},
        {"heading": "乙", "start": True, "end": 1},
        "乙",
    ],
)
def test_one_wrong_section_empties_them_all(wrong):
    assert document_of({"text": "一二三", "sections": [{"heading": "甲", "start": 0, "end": 1}, wrong]}).sections == ()


def test_sections_that_hold_nothing_are_left_out():
    assert document_of({"text": "一 三", "sections": [{"heading": "甲", "start": 1, "end": 2}]}).sections == ()


@pytest.mark.parametrize("row", [{"text": 1}, {"title": ["a"]}, {"_id": 1.5}, {"_id": True}, {"_id": ["a"]}])
def test_a_wrong_type_where_words_belong_is_refused_by_name(row):
    with pytest.raises(BadDocument, match=next(iter(row))):
        document_of(row)


@pytest.mark.parametrize("value", [None, 5, [], {}, [None], "   "])
def test_facts_of_a_wrong_type_are_left_empty(value):
    names = ("kind", "departments", "aliases", "series", "source", "url", "published_at", "effective_on", "sections", "facts")
    assert document_of({"_id": "a", "text": "一", **dict.fromkeys(names, value)}) == document_of({"_id": "a", "text": "一"})


def test_only_links_that_a_page_may_hold_are_kept():
    assert document_of({"url": "javascript:alert(1)"}).url == ""
    assert document_of({"url": " https://a.cn/x "}).url == "https://a.cn/x"


def test_cleaning_touches_nothing_but_line_ends_nuls_and_surrogates():
    assert clean("Ａ\r\n臺\r\0\ud800　") == "Ａ\n臺\n　"
