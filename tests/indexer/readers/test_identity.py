import pytest

from indexer.readers.identity import MAX_ID_BYTES, canonical_url, id_of
from search.errors import BadDocument
from tests.factories import make_document


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://example.com:443/a/#part", "https://example.com/a"),
        ("https://example.com:8443/a?b=2&a=1", "https://example.com:8443/a?b=2&a=1"),
        ("https://example.com/A/?q=头痛", "https://example.com/A?q=头痛"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("example.com/a", ""),
        ("http://a:b/", ""),
        ("", ""),
    ],
)
def test_one_page_has_one_spelling(url, canonical):
    assert canonical_url(url) == canonical


def test_an_id_is_given_else_of_the_url_else_of_the_place():
    assert id_of(make_document("a", url="https://a.cn/x"), "s", "p", prefix="n") == "n:a"
    by_url = id_of(make_document("", url="https://a.cn/x"), "s", "p", prefix="n")
    assert by_url == id_of(make_document("", url="https://A.cn/x/#y"), "other", "q")
    by_place = id_of(make_document(""), "s", "p")
    assert by_place != id_of(make_document(""), "s", "q")
    assert by_place != id_of(make_document(""), "t", "p")
    assert len(by_url) == len(by_place) == 16


@pytest.mark.parametrize("doc_id", ["a\nb", "a\x00", "\ud800", "a\u2028b", "长" * (MAX_ID_BYTES // 3 + 1)])
def test_an_id_that_cannot_be_typed_or_is_too_long_is_refused(doc_id):
    with pytest.raises(BadDocument, match="_id"):
        id_of(make_document(doc_id), "s", "p")


def test_an_id_may_fill_its_bytes_with_its_prefix():
    assert id_of(make_document("a" * (MAX_ID_BYTES - 2)), "s", "p", prefix="n")
    with pytest.raises(BadDocument):
        id_of(make_document("a" * (MAX_ID_BYTES - 1)), "s", "p", prefix="n")
