"""The application: what it is made of, and nothing else. `create_app` opens no engine."""

from flask import Flask
from flask_wtf import CSRFProtect

from search.bootstrap import make_searcher, open_engine
from search.searcher import Searcher
from search.settings import Settings
from web import access, assets, errors, frame, headers, health, labels, language, limits, metrics
from web.api import views as api
from web.document_ids import DocumentId
from web.pages import about, appearance, documents, facets, home, letters, search, suggestions
from web.reading import KEY, OpenedOnce
from web.secret import read_secret

PARTS = (access, metrics, assets, errors, frame, headers, labels, language)
PAGES = (about, api, appearance, documents, facets, health, home, letters, metrics, search, suggestions)


def create_app(settings: Settings | None = None, searcher: Searcher | None = None, *, limited: bool = False) -> Flask:
    """The site over the engine of these settings (of the environment, where none are given), or over this searcher.

    limited: count each client's requests and answer 429 to too many, as `python -m web serve` does.
    """
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=read_secret(settings.var / "secret"),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=64 * 1024,  # of a form: the address to go back to, and a choice
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for days
    )
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined] # counts come by count
    app.url_map.converters["document"] = DocumentId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[KEY] = OpenedOnce(lambda: searcher or make_searcher(settings, open_engine(settings)))
    for part in PARTS:
        part.register(app)
    CSRFProtect(app)  # after access, so that what it refuses has its log line too
    limits.register(app, limited)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    return app
