import pytest

from indexer.readers.formats import read_apart
from tests.indexer.docx_files import without_styles


@pytest.mark.parametrize(
    ("suffix", "data", "form"),
    [
        (".pdf", b"%PDF-1.7", "pdf"),
        (".pdf", b"\x00junk before %PDF-1.4", "pdf"),
        (".txt", b"%PDF-1.7", "pdf"),
        (".txt", "第一行讲 %PDF-1.7 是什么".encode(), None),
        (".md", b"# title", None),
        (".html", b"just text", "html"),
        (".pdf", b"\xef\xbb\xbf\n<!DOCTYPE html><html>please sign in", "html"),
        (".docx", b'<?xml version="1.0"?> <html>', "html"),
        (".docx", b"\xd0\xcf\x11\xe0", "docx"),
        (".md", b"<html>in Markdown</html>", None),
    ],
)
def test_content_goes_before_the_extension(suffix, data, form):
    assert read_apart(suffix, data) == form


def test_a_word_file_is_known_under_any_name():
    assert read_apart(".txt", without_styles()) == "docx"
