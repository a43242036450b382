"""All values of a facet."""

import re

from web.params import SearchParams


def test_every_value_is_listed_with_the_count_that_its_click_gives(page, samples):
    counts = samples.search(SearchParams("头痛").query(), "hybrid", ("department",)).facets["department"]
    found = page("/search/facets/department?q=头痛")
    assert {SearchParams("头痛").choosing("department", value).url() for value in counts} <= set(found.links)
    for value, count in counts.items():
        assert re.search(rf"{value.split('/')[-1]}\s+{count}\s", found.words)


def test_without_a_question_the_whole_library_is_counted(page, samples):
    assert re.search(r"杏林样本\s+217\s", page("/search/facets/source").words)


def test_find_keeps_the_values_that_hold_it_and_their_parents(page):
    found = page("/search/facets/department?q=头痛&find=神经")
    assert "神经内科" in found.words and "神经外科" in found.words
    assert "眼科" not in found.words
    assert "没有这样的值" in page("/search/facets/department?q=头痛&find=xyz").words


def test_the_order_keeps_the_question_and_what_is_sought(page):
    (link,) = [link for link in page("/search/facets/department?q=头痛&find=科&kind=disease").links if "order=pinyin" in link]
    assert "find=" in link and "kind=disease" in link and "q=" in link
    assert page(link).words


def test_an_unknown_facet_is_a_sentence(page):
    assert "department" in page("/search/facets/colour?q=头痛", 400).words
