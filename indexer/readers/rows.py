"""A row of JSON, or the front matter of a file, -> Document. Facts that cannot be read are left empty; text never is."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from search.document import KINDS, Document, Facts, Section
from search.errors import BadDocument

_DROPPED = re.compile("[\x00\ud800-\udfff]")
_LINE_END = re.compile("\r\n?")
_LIST_SEPARATOR = re.compile(r"[、，；;|\n]|,\s")  # a bare comma stays: N,N-二甲基甲酰胺
_DATE = re.compile(r"\s*(\d{4})(?:(\d\d)(\d\d)(?!\d)|\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d))")


def clean(text: str) -> str:
    r"""The text with \n as its line end, without NULs and lone surrogates."""
    return _DROPPED.sub("", _LINE_END.sub("\n", text))


def document_of(row: Mapping[str, Any]) -> Document:
    """The document that a row states; doc_id and title are as given, or empty. BadDocument names the field of a wrong type."""
    row = {**row, **facts} if isinstance(facts := row.get("facts"), Mapping) else row
    text = _string(row, "text")
    return Document(
        doc_id=_given_id(row),
        title=re.sub(r"\s*[\n\t]\s*", " ", _text(_string(row, "title"))),
        text=clean(text) if text.strip() else "",
        source=_text(row.get("source")),
        url=_url(row.get("url")),
        sections=_sections(row.get("sections"), text),
        facts=_facts(row),
        published_at=read_date(row.get("published_at")),
        captured_at=_moment(row.get("captured_at")),
    )


def read_date(value: object) -> date | None:
    """The day that a text begins with: 2025-06-12, 2025/6/12, 2025年6月12日, 20250612, or with a time after it; else None."""
    found = _DATE.match(value) if isinstance(value, str) else None
    if not found:
        return None
    year, *parts = (int(part) for part in found.groups() if part)
    try:
        return date(year, *parts)
    except ValueError:
        return None


def _given_id(row: Mapping[str, Any]) -> str:
    value = row.get("_id", row.get("doc_id"))
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadDocument(f"_id 必须是字符串或整数，这里是 {type(value).__name__}")
    return str(value)


def _string(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise BadDocument(f"{name} 必须是字符串，这里是 {type(value).__name__}")
    return value or ""


def _text(value: object) -> str:
    return clean(value).strip() if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    """The values of a list, or of a text that lists them; each once."""
    values = _LIST_SEPARATOR.split(value) if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    return tuple(dict.fromkeys(filter(None, map(_text, values))))


def _facts(row: Mapping[str, Any]) -> Facts:
    kind = _text(row.get("kind")).lower()
    edition = row.get("edition")
    paths = ("/".join(filter(None, map(str.strip, path.split("/")))) for path in _texts(row.get("departments")))
    return Facts(
        kind=kind if kind in KINDS else "",
        departments=tuple(dict.fromkeys(filter(None, paths))),
        aliases=_texts(row.get("aliases")),
        series=_text(row.get("series")),
        edition=str(edition) if isinstance(edition, int) and not isinstance(edition, bool) else _text(edition),
        effective_on=read_date(row.get("effective_on")),
    )


def _url(value: object) -> str:
    """Only what a page may link to: http and https."""
    url = _text(value)
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)) if moment else None


def _sections(value: object, text: str) -> tuple[Section, ...]:
    """All sections, their offsets moved to the cleaned text; none if one is wrong.

    Where one begins inside another, that other ends: a parent keeps what stands before its first child.
    """
    if not value or not isinstance(value, list | tuple) or not all(_is_section(section, len(text)) for section in value):
        return ()
    ordered = sorted(value, key=lambda section: (section["start"], -section["end"]))
    borders = [*(section["start"] for section in ordered[1:]), len(text)]
    spans = [(row["start"], min(row["end"], border)) for row, border in zip(ordered, borders, strict=True)]
    moved = _moved(text, sorted({offset for span in spans for offset in span}))
    return tuple(
        Section(_text(row["heading"]), moved[start], moved[end])
        for row, (start, end) in zip(ordered, spans, strict=True)
        if text[start:end].strip()
    )


def _is_section(section: Any, length: int) -> bool:
    if not isinstance(section, Mapping) or not isinstance(section.get("heading"), str):
        return False
    start, end = section.get("start"), section.get("end")
    return type(start) is int and type(end) is int and 0 <= start <= end <= length


def _moved(text: str, offsets: Sequence[int]) -> dict[int, int]:
    r"""Offsets (ascending) into a text -> offsets into the cleaned text; one inside \r\n goes to its end."""
    moved, done, length = {}, 0, 0
    for offset in offsets:
        cut = offset + 1 if text[max(0, offset - 1) : offset + 1] == "\r\n" else offset
        length += len(clean(text[done:cut]))
        moved[offset], done = length, cut
    return moved
