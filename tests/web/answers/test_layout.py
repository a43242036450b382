"""A document as it is read: nothing is lost, and every place has its anchor."""

from hypothesis import given
from hypothesis import strategies as st

from search.document import Section
from web.answers.layout import parts, place

TEXT = st.text("头痛。，！\n \tab；", max_size=60)


@st.composite
def documents(draw):
    text = draw(TEXT)
    starts = draw(st.lists(st.integers(0, len(text)), max_size=4))
    return text, tuple(Section(f"h{i}", start, min(start + 5, len(text))) for i, start in enumerate(starts))


@given(documents())
def test_the_parts_hold_the_whole_text_in_order(document):
    text, sections = document
    shown = "".join(
        p.text for part in parts(text, sections) for paragraph in part.paragraphs for s in paragraph for p in s.pieces
    )
    assert "".join(shown.split()) == "".join(text.split())


@given(documents())
def test_every_heading_is_shown_once(document):
    text, sections = document
    headings = [part.heading for part in parts(text, sections) if part.heading]
    assert sorted(headings) == sorted(section.heading for section in sections)


@given(documents(), st.integers(0, 60))
def test_every_place_where_something_stands_has_an_anchor_at_or_before_it(document, offset):
    text, sections = document
    if not text[offset : offset + 1].strip():
        return
    anchors = {s.start for part in parts(text, sections) for paragraph in part.paragraphs for s in paragraph}
    found = place(text, sections, offset).sentence
    assert found == max(anchor for anchor in anchors if anchor <= offset)


@given(documents())
def test_sentences_begin_where_their_anchors_say(document):
    text, sections = document
    for part in parts(text, sections):
        for paragraph in part.paragraphs:
            for sentence in paragraph:
                shown = "".join(piece.text for piece in sentence.pieces)
                assert text.startswith(shown, sentence.start)


def test_a_place_names_its_heading_and_paragraph():
    text = "前言。\n甲。\n\n乙。丙。"
    sections = (Section("症状", 4, len(text)),)
    found = place(text, sections, text.index("丙"))
    assert (found.heading, found.paragraph, found.sentence) == ("症状", 2, text.index("丙"))
    assert place(text, sections, 0).heading == ""
