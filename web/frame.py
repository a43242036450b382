"""What the frame around every page needs: its own address in another language and as JSON, the chosen appearance."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from web.labels import THEMES
from web.params import LANGUAGES, address

LONGEST_BYTES = 24_000  # of an address that is followed
KEYS = ("on", "off")  # single keys as shortcuts


def register(app: Flask) -> None:
    """Give templates the frame."""
    app.jinja_env.filters.update(thousands="{:,}".format, path_only=path_only)
    app.jinja_env.tests["web_address"] = is_web_address

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"theme": cookie("theme", tuple(THEMES)), "keys": cookie("keys", KEYS), "in_language": in_language, "twin": twin}


def cookie(name: str, known: tuple[str, ...]) -> str:
    """What the visitor chose; the first that there is, where nothing or nonsense was chosen."""
    given = request.cookies.get(name, "")
    return given if given in known else known[0]


def in_language(lang: str) -> str:
    """The address of this page in a language; without its parameters where they are too long for any server."""
    if len(request.query_string) > LONGEST_BYTES:
        return request.path
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return address(request.path, [*pairs, *([("lang", lang)] if lang != LANGUAGES[0] else [])])


def twin() -> str | None:
    """The address of this page's data; None where it has none."""
    path = f"/api{request.path}"
    known = len(request.query_string) <= LONGEST_BYTES and current_app.url_map.bind("").test(path, "GET")
    return address(path, request.args.items(multi=True)) if known else None


def path_only(url: str) -> str:
    """An address of ours without its parameters."""
    return urlsplit(url).path


def is_web_address(url: str) -> bool:
    """Whether a document's address may be a link: http or https with a host, so that none brings a script."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
