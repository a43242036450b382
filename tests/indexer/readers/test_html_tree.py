import pytest

from indexer.readers.html_tree import tree
from search.errors import BadDocument


def text_of(page):
    return "".join(tree(page).itertext())


def test_a_page_that_nests_too_deep_is_refused_since_its_end_would_be_lost():
    assert "结尾" in text_of("<div>" * 1000 + "正文" + "</div>" * 1000 + "结尾")
    with pytest.raises(BadDocument, match="嵌套"):
        tree("<div>" * 10_000 + "正文" + "</div>" * 10_000 + "结尾")


@pytest.mark.parametrize("page", ["", " \n", "<!-- 只有注释 -->"])
def test_a_page_without_elements_is_refused(page):
    with pytest.raises(BadDocument, match="没有内容"):
        tree(page)


def test_elements_that_xhtml_closes_at_once_hold_nothing():
    root = tree('<?xml version="1.0" encoding="gb2312"?><html><body><a id="x"/><p>正文</p><br/></body></html>')
    assert [element.text for element in root.iter("a")] == [None]
    assert root.findtext(".//p") == "正文"


def test_entities_of_the_page_itself_are_not_expanded():
    bomb = '<!DOCTYPE html [<!ENTITY a "哈哈哈哈"><!ENTITY b "&a;&a;&a;">]><html><p>&b;正文&amp;</p></html>'
    assert text_of(bomb) == "&b;正文&"


def test_powers_are_raised_and_references_go():
    assert text_of("<p>10<sup>9</sup>/L<sup>[3]</sup>，x<sup>®</sup></p>") == "10⁹/L，x®"


def test_scripts_written_as_text_stay_text():
    assert text_of("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>") == "<script>alert(1)</script>"
