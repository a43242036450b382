"""Chinese first, English by ?lang=en: the address says which, so that a shared one reads the same for everybody."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from web.params import LANGUAGES, language


def register(app: Flask) -> None:
    """Translate pages, and carry the language along in the links that url_for makes."""
    Babel(app, default_locale=LANGUAGES[0], locale_selector=chosen)
    app.jinja_env.globals["language"] = chosen
    app.jinja_env.filters["translated"] = translated
    app.context_processor(lambda: {"_": speaker()})

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        if chosen() != LANGUAGES[0] and not endpoint.endswith("static"):
            values.setdefault("lang", chosen())


def chosen() -> str:
    """The language of this request."""
    return language(request.values.get("lang", ""))


def sentence(text: str) -> str:
    """The text itself: says that the catalogue has it, where it is said only later."""
    return text


def speaker() -> Callable[..., Markup]:
    """What templates call `_`: says a sentence of ours in the language of this request, with the values escaped.

    Flask-Babel looks for the catalogue at every call: with 300 sentences that was a third of a page's time.
    """
    catalogue = get_translations()

    def say(text: str, **values: object) -> Markup:
        said = Markup(catalogue.gettext(text))
        return said % values if values else said

    return say


@pass_context
def translated(context: Context, text: str) -> str:
    """A sentence that is not the template's own: in its language where the catalogue has it, and escaped like any other text."""
    return str(context["_"](text))
