"""Sentences and passages, by their offsets."""

from hypothesis import given, settings
from hypothesis import strategies as st

from search.document import Section
from search.text.passages import passages, sentences


def pieces(text, spans):
    return [text[start:end] for start, end in spans]


def test_sentences_end_at_chinese_and_latin_marks():
    text = "头痛。发热！怎么办？\n见表1。“不要紧。”好 It hurts. No."
    assert pieces(text, sentences(text)) == ["头痛。", "发热！", "怎么办？", "见表1。", "“不要紧。”", "好 It hurts.", "No."]


def test_a_short_text_is_one_passage():
    assert pieces("头痛。发热。", passages("头痛。发热。", ())) == ["头痛。发热。"]


def test_passages_hold_whole_sentences_and_overlap_by_whole_sentences():
    text = "".join(f"这是第{i:02}句话。" for i in range(20))
    spans = passages(text, (), size=40, overlap=10)
    assert pieces(text, spans)[:2] == [
        "".join(f"这是第{i:02}句话。" for i in range(5)),
        "".join(f"这是第{i:02}句话。" for i in range(4, 9)),
    ]
    assert spans[-1].end == len(text)


def test_a_section_begins_a_new_passage():
    text = "症状" * 20 + "。" + "病因" * 20 + "。"
    assert pieces(text, passages(text, (Section("症状", 0, 41), Section("病因", 41, 82)), size=60)) == [text[:41], text[41:]]


def test_one_line_sections_share_a_passage():
    text = "飞沫传播。儿童多见。"
    assert pieces(text, passages(text, (Section("传染方式", 0, 5), Section("易感人群", 5, 10)))) == [text]


def test_a_sentence_longer_than_a_passage_is_cut_at_a_comma():
    text = "甲" * 30 + "，" + "乙" * 30
    assert pieces(text, passages(text, (), size=40, overlap=0)) == ["甲" * 30 + "，", "乙" * 30]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="头痛。，！\n a", max_size=300), st.integers(5, 60), st.integers(0, 20))
def test_passages_cover_everything_that_is_not_white_space(text, size, overlap):
    spans = passages(text, (), size, overlap)
    covered = {i for start, end in spans for i in range(start, end)}
    assert {i for i, char in enumerate(text) if not char.isspace()} <= covered
    assert all(0 < end - start <= size for start, end in spans)
    assert sorted(spans) == spans
