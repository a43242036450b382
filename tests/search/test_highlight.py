"""Snippets; matched words are in test_marks.py."""

import pytest

from search.highlight import snippet
from search.text.passages import Span


def test_the_snippet_is_the_sentence_with_most_words():
    text = "第一句没有。第二句有头痛和恶心。第三句也没有。"
    spans = [(9, 11), (12, 14)]
    start, end = snippet(text, None, spans, size=12)
    assert text[start:end].startswith("第二句")


def test_the_snippet_stays_in_the_best_passage():
    text = "头痛。" * 10 + "发热。" * 10
    start, _ = snippet(text, Span(30, 60), [(0, 2)], size=12)
    assert start >= 30


@pytest.mark.parametrize("text", ["", "头", "头" * 500, "\n\n"])
def test_any_text_has_a_snippet_inside_it(text):
    start, end = snippet(text, None, [])
    assert 0 <= start <= end <= len(text)
