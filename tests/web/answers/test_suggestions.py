"""Names that begin as somebody types."""

import pytest

from web.answers.suggestions import MAX_CHARS, MOST, meant, suggestions
from web.params import SearchParams


@pytest.mark.parametrize("typed", ["头痛", "tou tong", "TouTong", "tou'tong", "tt", "ＴＴ", "頭痛"])
def test_headache_is_suggested_for_characters_pinyin_and_initials(samples, typed):
    assert "头痛" in suggestions(samples.engine, typed)


@pytest.mark.parametrize("typed", ["", "   ", "😀", "/", "\x00", "a" * (MAX_CHARS + 1)])
def test_nothing_is_suggested_for_nothing(samples, typed):
    assert suggestions(samples.engine, typed) == []


def test_a_short_beginning_has_few_suggestions_each_once(samples):
    found = suggestions(samples.engine, "t")
    assert len(found) == len(set(found)) == MOST


def test_pinyin_that_is_searched_names_what_is_meant_with_its_hits(samples):
    (first, *_) = meant(samples, SearchParams("tou tong"))
    assert first.name == "头痛"
    assert first.total == samples.search(SearchParams("头痛").query()).total > 0


def test_chinese_is_meant_as_it_is_typed(samples):
    assert meant(samples, SearchParams("头痛")) == ()
