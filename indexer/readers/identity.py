"""Under which id a document is stored: as given, else by its url, else by where it lies."""

import hashlib
import unicodedata
from urllib.parse import urlsplit, urlunsplit

from search.document import Document
from search.errors import BadDocument

MAX_ID_BYTES = 256
_PORTS = {"http": 80, "https": 443}


def id_of(document: Document, source: str, place: str, prefix: str = "") -> str:
    """The id: the given one (`prefix:id` with a prefix), else a hash of the url, else of (source, place). BadDocument: no id."""
    if document.doc_id:
        return checked_id(f"{prefix}:{document.doc_id}" if prefix else document.doc_id)
    return digest(canonical_url(document.url) or f"{source}\0{place}")


def checked_id(doc_id: str) -> str:
    """The id itself. BadDocument where it is too long or cannot be typed."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in doc_id):
        raise BadDocument(f"_id {doc_id[:40]!r} 含有控制字符")
    if len(doc_id.encode()) > MAX_ID_BYTES:
        raise BadDocument(f"_id {doc_id[:20]}… 超过 {MAX_ID_BYTES} 字节")
    return doc_id


def canonical_url(url: str) -> str:
    """One spelling for a page: lower-case host, no fragment, default port or closing slash; empty where it is no url."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return ""
    if not parts.scheme or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    if port and port != _PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{user}{at}{host}", parts.path.rstrip("/") or "/", parts.query, ""))


def digest(text: str) -> str:
    """Sixteen hexadecimal digits of the SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
