"""The application: what it is made of, and nothing else. `create_app` opens no engine."""

from flask import Flask
from flask_wtf import CSRFProtect

from search.bootstrap import make_searcher, open_engine
from search.searcher import Searcher
from search.settings import Settings
from web import assets, errors, frame, headers, labels, language
from web.document_ids import DocumentId
from web.pages import about, appearance, documents, facets, home, letters, search, suggestions
from web.reading import KEY, OpenedOnce
from web.secret import read_secret

PARTS = (assets, errors, frame, headers, labels, language)
PAGES = (about, appearance, documents, facets, home, letters, search, suggestions)


def create_app(settings: Settings | None = None, searcher: Searcher | None = None) -> Flask:
    """The site over the engine of these settings (of the environment, where none are given), or over this searcher."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=read_secret(settings.var / "secret"),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=64 * 1024,  # of a form: the address to go back to, and a choice
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for days
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.converters["document"] = DocumentId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[KEY] = OpenedOnce(lambda: searcher or make_searcher(settings, open_engine(settings)))
    CSRFProtect(app)
    for part in PARTS:
        part.register(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    return app
