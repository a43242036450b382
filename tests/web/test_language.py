"""Chinese and English: the catalogue is whole, and an address carries its language along."""

from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from search import legs, ranking, searcher
from tests.conftest import ROOT
from web import params

WEB = ROOT / "web"
CATALOGUE = WEB / "translations/en/LC_MESSAGES/messages.po"
SAID_BY_SEARCH = {
    searcher.EMPTY,
    searcher.NOTHING_FOUND,
    searcher.NOTHING_TO_SEEK,
    legs.ENCODER_DOWN,
    params.UNKNOWN,
    params.REPEATED,
}
REFUSE = (ranking, searcher)  # modules of search whose BadQuery a page shows
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "BadQuery": None}


def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, "en")


def said() -> set[str]:
    found = extract_from_dir(str(WEB), METHODS, keywords=KEYWORDS)
    refused = (file for module in REFUSE for file in extract_from_file("python", module.__file__, keywords=KEYWORDS))
    return {message for _, _, message, _, _ in found} | {message for _, message, _, _ in refused} | SAID_BY_SEARCH


def test_every_sentence_is_translated_and_none_is_left_over():
    translated = {message.id for message in catalogue() if message.id and message.string}
    assert translated == said()


def test_a_translation_has_the_same_places_to_fill():
    for message in catalogue():
        assert message.id == "" or not [error for error in message.check()]


def test_what_is_served_is_the_compiled_catalogue():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        served = {message.id: message.string for message in read_mo(file) if message.id}
    meant = {message.id: message.string for message in catalogue() if message.id}
    assert served == meant, "run .venv/bin/pybabel compile -d web/translations"


def test_english_pages_lead_to_english_pages(page):
    for address in ("/?lang=en", "/search?q=头痛&lang=en", "/documents/headache?lang=en", "/a-z/t?lang=en", "/about?lang=en"):
        found = page(address)
        assert ("html", "lang", "en") in found.attributes
        own = [link for link in found.links if link.startswith("/")]
        foreign = [link for link in own if "lang=en" not in link]
        assert len(foreign) == 1, foreign  # the way back to Chinese
        assert "lang" not in foreign[0]


def test_an_unknown_language_is_chinese(page):
    assert ("html", "lang", "zh-CN") in page("/?lang=xx").attributes


def test_quotations_stay_chinese_in_english_pages(page):
    found = page("/search?q=头痛&lang=en")
    assert ("h2", "lang", "zh-CN") in found.attributes
    assert "found" in found.words and "头痛" in found.words
