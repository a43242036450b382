"""Marked terms: synonyms and complaints in pieces are marked, and reading little of a text finds what reading all of it finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.readers.paths import read_paths
from search.highlight import _BORDER, MAX_OFFSETS
from search.legs import read
from search.marks import MAX_SHAPES, Marks, Sought
from search.text.analyzer import Analyzer
from search.text.normalize import fold
from search.text.passages import Span, passages
from search.text.segment import Segmenter, bigram_terms
from tests.conftest import ROOT
from tests.factories import make_document

FIELDS = ("body", "body_concepts", "bigrams", "title")
QUERIES = [line.split("\t")[1] for line in (ROOT / "samples/queries.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def analyzer():
    return Analyzer(Segmenter(), lambda: None, {})


@pytest.fixture(scope="module")
def pages():
    return list(read_paths([ROOT / "samples" / "pages"]))


def offsets(analyzer, query, text, field, best=None):
    return Marks(make_document(text=text), Sought(read(query, analyzer)), best).offsets(field)


def marked(analyzer, query, text, field="body", best=None):
    return [text[start:end] for start, end in offsets(analyzer, query, text, field, best)]


def plainly(document, asked, field, best):
    """What the module promises, by reading the whole text as an index does."""
    text = document.title if field.startswith("title") else document.text
    ways = {"bigrams": bigram_terms, "concepts": asked.analyzer.concepts.terms}
    terms = ways.get(field.split("_")[-1], asked.analyzer.segmenter.cut)(text)
    spans = {term[1:] for term in terms if term.text in asked.terms(field)}
    outermost = sorted(one for one in spans if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in spans))
    if best and not field.startswith("title"):
        outermost.sort(key=lambda one: not best.start <= one[0] < best.end)
    return tuple(sorted(outermost[:MAX_OFFSETS]))


@pytest.mark.parametrize("text", ["我头疼", "脑壳疼得要命", "我的头很痛", "脑袋一阵一阵地疼", "頭疼", "偏头痛发作，頭好痛"])
def test_a_concepts_offsets_are_its_synonyms_and_complaints_in_pieces(analyzer, text):
    assert marked(analyzer, "头痛", text, "body_concepts")


def test_a_complaint_in_pieces_is_marked_over_all_of_them(analyzer):
    assert marked(analyzer, "头疼", "昨天起我的头一直特别痛。舌头和腿痛。", "body_concepts") == ["头一直特别痛"]


@pytest.mark.parametrize("text", ["舌头和腿痛", "头。痛", "馒头噎住胸口痛"])
def test_what_is_no_headache_is_not_marked_as_one(analyzer, text):
    assert marked(analyzer, "头痛", text, "body_concepts") == []


def test_words_are_marked_where_they_are_words(analyzer):
    assert marked(analyzer, "头痛", "头孢不治头痛。我的头很痛，肱骨头也痛。") == ["头痛"]


def test_the_originals_own_spelling_is_marked(analyzer):
    assert marked(analyzer, "37.8℃ hba1c 体温", "體溫37.8°C，ＨｂＡ１ｃ升高") == ["體溫", "37.8°C", "ＨｂＡ１ｃ"]


def test_a_word_inside_a_longer_match_is_marked_once(analyzer):
    assert marked(analyzer, "偏头痛", "偏头痛发作") == ["偏头痛"]


def test_a_word_with_a_comma_in_it_is_marked(analyzer):
    assert "1，25-二羟维生素D3" in marked(analyzer, "1,25-二羟维生素D3", "查1，25-二羟维生素D3，偏低")


def test_the_best_passage_comes_before_the_start_of_the_text(analyzer):
    text = "头痛。" * 20 + "恶心，头痛。" + "头痛。" * 20
    best = Span(60, 66)
    assert offsets(analyzer, "头痛", text, "body", best) == (*((3 * i, 3 * i + 2) for i in range(MAX_OFFSETS - 1)), (63, 65))


def test_the_passages_own_offsets_are_the_best_one(analyzer):
    assert offsets(analyzer, "头痛", "头痛。恶心。", "passages", Span(3, 6)) == ((3, 6),)
    assert offsets(analyzer, "头痛", "头痛。恶心。", "passages", Span(3, 3)) == ()


def test_nothing_to_seek_marks_nothing(analyzer):
    assert offsets(analyzer, "。", "头痛。", "body") == ()


def test_no_word_of_the_lexicon_crosses_a_border(analyzer):
    assert not [word for word in analyzer.segmenter.lexicon if _BORDER.search(word)]


def test_reading_little_of_a_page_finds_what_reading_all_of_it_finds(analyzer, pages):
    """Every query against some pages, alone and joined to a long one, with no best passage and with one."""
    found = []
    for number, query in enumerate(QUERIES):
        asked = read(query, analyzer)
        sought = Sought(asked)
        chosen = pages[number % 30 :: 30]
        for document in [*chosen, make_document(text="\n".join(page.text for page in chosen))]:
            spans = passages(document.text, document.sections)
            best = spans[-1 - number % len(spans)] if number % 3 else None
            for field in FIELDS:
                found.append(Marks(document, sought, best).offsets(field))
                assert found[-1] == plainly(document, asked, field, best)
    assert sum(map(bool, found)) > 500
    assert sum(len(marks) == MAX_OFFSETS for marks in found) > 50


def test_a_query_with_too_many_words_for_a_pattern_finds_the_same(analyzer, pages):
    query = fold(pages[0].text + pages[1].text + pages[2].text)[:2000]
    asked = read(query, analyzer)
    assert len(asked.bigrams) > MAX_SHAPES
    for document in pages[:5]:
        for field in FIELDS:
            assert Marks(document, Sought(asked), None).offsets(field) == plainly(document, asked, field, None)


PIECES = "头 痛 疼 很 的 一阵阵地 脑袋 偏头痛 發燒 没有 维生素 1,25-二羟维生素D3 CT ct检查 37.8°C ½ ㎎ ㍿ … ， 。 、 , 1 a e\u0301 \u3000"
TEXTS = st.lists(st.sampled_from([*PIECES.split(" "), " ", "\n"]), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["我的头很痛", "头疼CT检查", "发烧37.8℃", "1,25-二羟维生素d3", "株式会社 1⁄2mg"]), st.data())
def test_any_text_is_marked_as_reading_all_of_it_says(analyzer, text, query, data):
    start = data.draw(st.integers(0, len(text)))
    best = Span(start, data.draw(st.integers(start, len(text))))
    document, asked = make_document(text=text), read(query, analyzer)
    for field in FIELDS:
        assert Marks(document, Sought(asked), best).offsets(field) == plainly(document, asked, field, best)


def test_where_a_concept_stands_its_shapes_match(analyzer, pages):
    """The filter before the reading lets every concept through: over all words of all pages."""
    concepts = analyzer.concepts
    for document in pages[::4]:
        folded = fold(document.text)
        if len(folded) != len(document.text):
            continue
        for term in concepts.terms(document.text):
            assert re.match("|".join(concepts.shapes(term.text)), folded[term.start : term.end])
