"""Names from A to Z."""

import pytest

from search.text.pinyin import sort_key
from web.answers import letters


def test_headache_is_under_t_and_names_are_in_the_order_of_a_dictionary(samples):
    names = letters.letter_answer(samples.engine, "t").names
    assert {"头痛", "头疼"} <= set(names)
    assert list(names) == sorted(names, key=lambda name: (sort_key(name), name))


def test_every_title_and_alias_is_under_one_of_the_letters(samples):
    answer = letters.letter_answer(samples.engine, "a")
    listed = {name for letter in answer.letters for name in letters.letter_answer(samples.engine, letter).names}
    documents = [entry.document for entry in samples.engine.scan()]
    assert {name for document in documents for name in (document.title, *document.facts.aliases)} <= listed


def test_a_letter_leads_to_searches_and_the_others(page):
    found = page("/a-z/t")
    assert any(link.startswith("/search?q=%E5%A4%B4%E7%97%9B") for link in found.links)
    assert "/a-z/a" in found.links


def test_a_letter_without_names_says_so(page):
    assert "没有以 V 开头的名称" in page("/a-z/v").words


@pytest.mark.parametrize("path", ["/a-z/T", "/a-z/%E5%A4%B4", "/a-z/aaaaaaaaa", "/a-z/"])
def test_what_is_no_letter_has_no_page(page, path):
    assert "没有找到这个页面" in page(path, 404).words


def test_too_many_names_ask_for_one_more_letter(page, samples, monkeypatch):
    monkeypatch.setattr(letters, "MOST", 10)
    answer = letters.letter_answer(samples.engine, "t")
    assert not answer.names
    monkeypatch.setattr(letters, "MOST", 100)
    under = {name for more in answer.more for name in letters.letter_answer(samples.engine, more).names}
    assert under == set(letters.letter_answer(samples.engine, "t").names)
    monkeypatch.setattr(letters, "MOST", 10)
    found = page("/a-z/t")
    assert "/a-z/to" in found.links
