"""Which format a file is in: by its extension, unless its first bytes say otherwise."""

import re
from collections.abc import Callable, Mapping

from indexer.readers import md, txt
from search.document import Document

LINES = (".jsonl", ".ndjson")
TEXT: Mapping[str, Callable[[str], Document]] = {".txt": txt.read, ".md": md.read, ".markdown": md.read}
APART: Mapping[str, str] = {".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx"}
KNOWN = (*LINES, *TEXT, *APART)

_PDF_WITHIN = 1024  # bytes in which a PDF may begin
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.I)


def read_apart(suffix: str, data: bytes) -> str | None:
    """The format under which a process of its own reads this; None for text.

    A saved PDF that is a page saying 请登录 is a page, and a PDF called .txt is a PDF.
    """
    if data.lstrip()[:5] == b"%PDF-" or (suffix == ".pdf" and b"%PDF-" in data[:_PDF_WITHIN]):
        return "pdf"
    if data.startswith(b"PK\x03\x04") and b"word/document.xml" in data:
        return "docx"
    return "html" if suffix in APART and _PAGE.match(data) else APART.get(suffix)
