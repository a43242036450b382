"""Chinese first, English by ?lang=en: the address says which, so that a shared one reads the same for everybody."""

from typing import Any

from flask import Flask, request
from flask_babel import Babel

from web.params import LANGUAGES, language


def register(app: Flask) -> None:
    """Translate pages, and carry the language along in the links that url_for makes."""
    Babel(app, default_locale=LANGUAGES[0], locale_selector=chosen)
    app.jinja_env.globals["language"] = chosen

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        if chosen() != LANGUAGES[0] and not endpoint.endswith("static"):
            values.setdefault("lang", chosen())


def chosen() -> str:
    """The language of this request."""
    return language(request.values.get("lang", ""))
