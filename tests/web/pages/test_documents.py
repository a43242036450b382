"""A document: its text whole, its words marked, its versions, and nothing of it taken for markup."""

from dataclasses import replace

import pytest

from tests.web.conftest import HOSTILE, SHY, Page
from web.document_ids import to_step

SHY_PATH = "/documents/" + to_step(SHY.doc_id)


def test_a_document_shows_its_whole_text_in_order(page, samples):
    (entry,) = samples.engine.fetch(["headache"])
    shown = "".join(page("/documents/headache").words.translate({ord("#"): None, 0x2060: None}).split())
    for section in entry.document.sections:
        text = entry.document.text[section.start : section.end].replace("\n", "")
        assert section.heading + "".join(text.split()) in shown


def test_the_words_of_the_question_are_marked_beyond_the_tenth(page, few):
    assert Page(few.get("/documents/long?q=恶心").text).marked == ["恶心"] * 30
    assert {"头痛", "脑袋疼"} <= set(page("/documents/headache?q=头疼").marked)
    assert page("/documents/headache").marked == []


@pytest.mark.parametrize("text", ["😀", "，", "%00", "<script>"])
def test_a_question_without_words_marks_nothing(page, text):
    assert page(f"/documents/headache?q={text}").marked == []


def test_every_address_inside_the_page_is_there(page):
    found = page("/documents/headache")
    targets = [link[1:] for link in found.links if link.startswith("#")]
    assert len(targets) > 10
    assert set(targets) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_facts_lead_to_what_shares_them(page):
    found = page("/documents/headache")
    assert "头疼、脑袋疼" in found.words
    assert "/search?kind=symptom" in found.links
    assert any("/search?department=" in link for link in found.links)
    assert "发布 2024-09-12" in found.words


def test_similar_documents_are_others(page):
    links = [link for link in page("/documents/aspirin").links if link.startswith("/documents/") and "lang=" not in link]
    assert "/documents/acute-myocardial-infarction" in links
    assert "/documents/aspirin" not in links
    assert len(links) == 5


@pytest.mark.parametrize("path", ["/documents/no-such", "/documents/headache/versions/2", "/documents/headache/versions/0"])
def test_what_is_not_there_is_404_with_a_box(page, path):
    found = page(path, 404)
    assert "没有找到这个页面" in found.words
    assert ("input", "name", "q") in found.attributes


def test_nothing_in_a_document_becomes_markup(few):
    for address in (f"{SHY_PATH}?q=头痛", f"/search?q=头痛&source={HOSTILE}", "/about", "/a-z/t", f"/search?q={HOSTILE}头痛"):
        answer = few.get(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert HOSTILE in Page(answer.text).words


def test_an_address_that_is_no_web_address_is_no_link(few):
    assert "javascript:" not in few.get(SHY_PATH).text
    linked = few.get("/documents/linked")
    assert 'href="https://example.org/a?b=1" rel="noopener noreferrer external"' in linked.text


def test_an_id_of_any_characters_has_its_page(few):
    found = Page(few.get("/search?q=头痛").text)
    (link,) = {link.split("?")[0] for link in found.links if link.startswith("/documents/~")}
    assert few.get(link).status_code == 200


def test_an_old_version_says_so_and_leads_to_the_newest(few):
    newest, old = (Page(few.get(f"{SHY_PATH}{rest}").text) for rest in ("", "/versions/1"))
    assert "这是第 1 版（旧）" in old.words
    assert "旧的一版" in old.words and "旧的一版" not in newest.words
    assert "2 个版本" in newest.words
    assert any(link.endswith("/versions/1") for link in newest.links)
    assert SHY_PATH in old.links
    assert "这是第" not in Page(few.get(f"{SHY_PATH}/versions/2").text).words


def test_a_hidden_document_has_no_page(few, few_searcher):
    (entry,) = few_searcher.engine.fetch(["linked"], vectors=True)
    few_searcher.engine.index([replace(entry, hidden=True)])
    assert few.get("/documents/linked").status_code == 404
    few_searcher.engine.index([entry])
    assert few.get("/documents/linked").status_code == 200
