"""Texts cut at their marks."""

from hypothesis import given
from hypothesis import strategies as st

from web.answers.pieces import Piece, joined, pieces

OFFSETS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple), max_size=8)


@given(st.text(max_size=30), OFFSETS)
def test_pieces_are_the_whole_text_and_mark_what_the_offsets_cover(text, offsets):
    cut = pieces(text, joined(offsets))
    assert "".join(piece.text for piece in cut) == text
    covered = {place for start, end in offsets for place in range(start, min(end, len(text)))}
    assert sum(len(piece.text) for piece in cut if piece.marked) == len(covered)


def test_a_stretch_shows_the_parts_of_marks_that_lie_in_it():
    assert pieces("abcdef", ((0, 2), (4, 6)), 1, 5) == (Piece("b", True), Piece("cd"), Piece("e", True))


def test_offsets_that_touch_are_one_mark():
    assert joined([(2, 4), (0, 2), (1, 3), (6, 7)]) == ((0, 4), (6, 7))
