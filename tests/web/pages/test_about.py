"""The pages beside the search."""

import pytest


def test_the_first_page_says_what_the_library_holds(page):
    assert "217 篇 · 1 个来源 · 最近更新 " in " ".join(page("/").words.split())


def test_the_examples_find_something_or_say_what_was_meant(page):
    examples = [link for link in page("/").links if link.startswith("/search?q=")]
    assert len(examples) == 4
    for link in examples:
        words = page(link).words
        assert "找到" in words or "您是不是要找" in words


def test_about_names_every_source_and_ranking(page):
    words = page("/about").words
    assert "杏林样本" in words
    assert all(name in words for name in ("综合", "BM25", "TF-IDF", "词向量", "BERT"))


@pytest.mark.parametrize("path", ["/about/disclaimer", "/about/privacy", "/api"])
def test_each_has_one_heading_and_the_disclaimer(page, path):
    found = page(path)
    assert found.tags.count("h1") == 1
    assert "不能代替医生诊断" in found.words


def test_suggestions_are_data(client):
    assert {"头疼", "头痛"} < set(client.get("/suggest?q=tt").json["suggestions"])
    assert client.get("/suggest").json == {"suggestions": []}
