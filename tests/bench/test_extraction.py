"""What a page's text is said to be, and how near an extractor comes to it."""

import pytest

from bench.extraction import Marked, Score, marked, measured, score, shingles
from bench.extractors import OURS, extractors, ours
from search.errors import SearchError
from tests.conftest import ROOT

PAGES = ROOT / "tests" / "indexer" / "data"


def test_precision_is_of_what_is_found_and_recall_of_what_is_there():
    assert score("头痛发热咳嗽", "头痛发热") == Score(1 / 3, 1.0)
    assert score("头痛发热", "头痛发热咳嗽") == Score(1.0, 1 / 3)
    assert score("", "头痛发热") == Score(0.0, 0.0)
    assert Score(1 / 3, 1.0).f1 == pytest.approx(0.5)
    assert Score(0.0, 0.0).f1 == 0.0


def test_white_space_and_punctuation_count_nothing_and_repetitions_do():
    assert shingles("头痛，发 热。") == {"头痛发热": 1}
    assert shingles("头痛头痛头痛")["头痛头痛"] == 2
    assert shingles("头痛") == {"头痛": 1}
    assert not shingles(" 。")


def test_the_main_heading_counts_for_nobody():
    pages = [Marked("a", "", "头痛", "正文正文")]
    assert measured("x", lambda _: "头 痛\n正文正文", pages).scores["a"] == Score(1.0, 1.0)


def test_a_page_without_text_is_to_be_refused():
    pages = [Marked("a", "<p>x</p>", "", ""), Marked("b", "<p>x</p>", "", "正文正文")]
    assert measured("x", lambda _: "", pages).refused == 1
    assert measured("x", lambda _: "正文正文", pages).refused == 0


def test_our_headings_stand_where_a_reader_sees_them():
    page = "<h1>甲</h1><p>一。</p><h2>乙</h2><h3>丙</h3><p>二。</p><h3>丙</h3><p>三。</p><h2>丁</h2><p>四。</p>"
    assert [line for line in ours(page).split("\n") if line] == ["一。", "乙", "丙", "二。", "丙", "三。", "丁", "四。"]


def test_text_lies_beside_a_page_or_is_said_by_xpath(tmp_path):
    (tmp_path / "a.html").write_text("<h1>头痛</h1><p>正文正文</p><a href=/>首页</a>", "utf-8")
    with pytest.raises(SearchError, match="no page"):
        marked(tmp_path)
    (tmp_path / "a.html.txt").write_text("正文正文", "utf-8")
    (page,) = marked(tmp_path)
    assert (page.heading, page.text) == ("头痛", "正文正文")


def test_every_page_of_ours_is_marked_and_each_mark_finds_something():
    pages = {page.name: page for page in marked(PAGES)}
    names = {path.name for path in PAGES.iterdir() if path.suffix in (".html", ".htm", ".xhtml")}
    assert pages.keys() == names
    assert {name for name, page in pages.items() if not page.text} == {"frames.html", "menu-only.html", "needs-script.html"}


def test_ours_is_no_worse_than_its_peers_on_pages_of_ours():
    """The bench is pointless where a peer does better: then it should be the reader."""
    pytest.importorskip("trafilatura", reason="pip install -r requirements-bench.txt")
    pages = marked(PAGES)
    rows = {name: measured(name, extract, pages) for name, extract in extractors().items()}
    best = max(row.means()[2] for name, row in rows.items() if name != OURS)
    assert rows[OURS].means()[2] > best
    assert rows[OURS].refused == 3
