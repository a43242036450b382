"""Folding, and the way back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.text.normalize import fold, fold_with_offsets


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("頭痛發燒", "头痛发烧"),
        ("乾燥綜合徵", "干燥综合征"),
        ("ＨｂＡ１ｃ", "hba1c"),
        ("37.8°C", "37.8℃"),
        ("37.8 ° c", "37.8 ℃"),
        ("３７．８℃", "37.8℃"),
        ("ﬁbre ½ ㎎", "fibre 1⁄2 mg"),
        ("e\u0301", "é"),
        ("a\x00b\u200bc", "a b c"),
        ("", ""),
    ],
)
def test_spellings_that_read_the_same_fold_to_the_same(written, folded):
    assert fold(written) == folded


def test_offsets_lead_back_to_whole_characters_of_the_original():
    text = "體溫37.8°C，ﬁbre"
    folded = fold_with_offsets(text)
    start = folded.text.index("37.8℃")
    assert text[slice(*folded.original(start, start + 5))] == "37.8°C"
    start = folded.text.index("i")
    assert text[slice(*folded.original(start, start + 1))] == "ﬁ"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("頭痛℃°cＡ１½ﬁ㎎e\u0301\u200d\n")), max_size=40))
def test_any_text_keeps_the_way_back(text):
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert folded.original(0, len(folded.text)) == (0, len(text)) or not folded.text
    previous = 0
    for i in range(len(folded.text)):
        start, end = folded.original(i, i + 1)
        assert previous <= start < end <= len(text)
        previous = start
