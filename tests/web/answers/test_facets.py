"""Values to filter by: what leads, what follows, where paths stand."""

import pytest

from search.errors import BadQuery
from web.answers.facets import facet, facet_answer
from web.params import SearchParams

COUNTS = {"内科": 9, "内科/甲": 5, "内科/乙": 4, "外科": 7, "外科/丙": 7, "儿科": 1, "眼科": 2, "口腔科": 3}


def values(found):
    return [one.value for one in found.values]


def test_values_come_by_count_and_paths_under_their_parents():
    found = facet("department", COUNTS, SearchParams(), None)
    assert values(found) == ["内科", "内科/甲", "内科/乙", "外科", "外科/丙", "口腔科", "眼科", "儿科"]
    assert [one.depth for one in found.values] == [0, 1, 1, 0, 1, 0, 0, 0]
    assert found.values[1].last == "甲"


def test_what_is_in_use_leads_even_where_it_has_no_hit():
    params = SearchParams(include={"department": ("眼科",)}, exclude={"department": ("内科/丁",)})
    found = facet("department", COUNTS, params, 2)
    assert values(found)[:3] == ["内科", "内科/丁", "眼科"]
    used = {one.value: (one.chosen, one.excluded, one.count) for one in found.values}
    assert used["内科/丁"] == (False, True, 0)
    assert used["眼科"] == (True, False, 2)
    assert found.total == len(COUNTS)


def test_a_slash_in_a_source_is_no_path():
    found = facet("source", {"a/b": 2, "a": 1}, SearchParams())
    assert [(one.value, one.depth, one.last) for one in found.values] == [("a/b", 0, "a/b"), ("a", 0, "a")]


def test_by_pinyin_siblings_are_in_the_order_of_a_dictionary():
    found = facet("department", COUNTS, SearchParams(), None, "pinyin")
    assert values(found) == ["儿科", "口腔科", "内科", "内科/甲", "内科/乙", "外科", "外科/丙", "眼科"]


def test_an_unknown_facet_or_order_is_refused(samples):
    with pytest.raises(BadQuery, match="department"):
        facet_answer(samples, "colour", SearchParams("头痛"), "", "count")
    with pytest.raises(BadQuery, match="pinyin"):
        facet_answer(samples, "kind", SearchParams("头痛"), "", "colour")
