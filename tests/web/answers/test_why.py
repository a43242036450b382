"""Why a hit is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import Query, Reason
from search.ranking import rankings
from web.answers.why import explain, rows

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=8).map(lambda values: [value / max(1, sum(values)) for value in values])


@given(SHARES)
def test_the_hundredths_shown_add_up_to_the_score_and_none_is_off_by_more_than_one(shares):
    found = rows([Reason("bm25.body", 1, 1.0, 1.0, share) for share in shares])
    assert sum(row.shown for row in found) == round(sum(shares) * 100)
    assert all(abs(row.shown - row.reason.contribution * 100) < 1.01 for row in found)


@pytest.mark.parametrize("name", list(rankings()))
def test_what_is_marked_is_what_the_reasons_point_at(samples, name):
    for hit in samples.search(Query("偏头痛 恶心"), name).hits:
        shown = explain(hit, "偏头痛 恶心")
        assert "".join(piece.text for piece in shown.snippet) == hit.snippet
        assert "".join(piece.text for piece in shown.title) == hit.entry.document.title
        words = {found.word for found in shown.found}
        assert {piece.text for piece in shown.title if piece.marked} <= words
        assert not (words and shown.by_meaning_alone)


def test_words_as_typed_and_synonyms_are_told_apart(samples):
    hit = next(hit for hit in samples.search(Query("头痛", limit=30)).hits if hit.entry.doc_id == "headache")
    found = {one.word: one.said for one in explain(hit, "头痛").found}
    assert found["头痛"] is True
    assert found["脑袋疼"] is False


def test_a_ranking_by_meaning_points_at_its_nearest_passage(samples):
    hit = samples.search(Query("我的头很痛"), "bert").hits[0]
    shown = explain(hit, "我的头很痛")
    assert shown.by_meaning_alone
    assert shown.nearest is not None
    assert shown.nearest.heading in {section.heading for section in hit.entry.document.sections}
