"""Folding, and the way back."""

import unicodedata

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.text.normalize import fold, fold_with_offsets

ODD = "頭痛頭乾著藉口瞭解℃°cCＡ１½ﬁ㎎…，e\u0301\u0320\u200d\n\ud800\U0001f600\U00020000\U0002f800\U00030000"
ANY = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(ODD)), max_size=60)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("頭痛發燒", "头痛发烧"),
        ("乾燥綜合徵", "干燥综合征"),
        ("ＨｂＡ１ｃ", "hba1c"),
        ("37.8°C", "37.8℃"),
        ("37.8 ° c", "37.8 ℃"),
        ("38°Ｃ", "38℃"),
        ("藉口", "借口"),
        ("瞭解麻痺", "了解麻痹"),
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
@given(ANY)
def test_any_text_keeps_the_way_back(text):
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert folded.original(0, len(folded.text)) == (0, len(text)) or not folded.text
    previous = 0
    for i in range(len(folded.text)):
        start, end = folded.original(i, i + 1)
        assert previous <= start < end <= len(text)
        previous = start


def plainly(text):
    """The folded characters with where each comes from, cluster by cluster, looking at no table but Unicode's and OpenCC's."""
    pairs = []
    i = 0
    while i < len(text):
        end = i + (0 if text[i].isspace() and not unicodedata.combining(text[i]) else 1)
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        end = max(end, i + 1)
        degree = next((size for size in (3, 2) if text[i] == "°" and text[i + size - 1 : i + size] in tuple("cCｃＣ")), 0)
        if degree == 2 or (degree == 3 and text[i + 1].isspace()):
            piece, end = "℃", i + degree
        else:
            piece = "℃" if text[i:end] == "℃" else unicodedata.normalize("NFKC", text[i:end]).casefold()
        if end == i + 1 and len(piece) == 1:
            piece = " " if ord(text[i]) in {*range(10), 11, 12, *range(14, 32), 127, 0x200B, 0xFEFF} else piece
        pairs += [(char, i + (place if len(piece) == end - i else 0)) for place, char in enumerate(piece)]
        i = end
    folded = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char, _ in pairs)
    convert = opencc.OpenCC("t2s").convert
    return "".join(dict(藉="借", 瞭="了", 痺="痹", 妳="你", 牠="它").get(char, convert(char)) for char in folded), [
        start for _, start in pairs
    ]


@settings(max_examples=300, deadline=None)
@given(ANY, ANY)
def test_what_a_character_becomes_does_not_depend_on_the_rest_of_the_text(first, second):
    assert fold(f"{first}。{second}") == f"{fold(first)}。{fold(second)}" or unicodedata.combining((second or " ")[0])


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_folding_fast_gives_what_folding_plainly_gives(text):
    folded = fold_with_offsets(text)
    starts = range(len(folded.text)) if folded.starts is None else folded.starts[:-1]
    assert (folded.text, list(starts)) == plainly(text)
