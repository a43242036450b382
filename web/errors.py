"""What went wrong, as a status and a page or a JSON body; foreseen errors bring their own sentence."""

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from search.errors import (
    BadDocument,
    BadQuery,
    DocumentNotFound,
    EngineUnavailable,
    IndexNotFound,
    MappingMismatch,
    ModelUnusable,
    SearchError,
    VersionConflict,
)
from search.searcher import EMPTY

log = logging.getLogger(__name__)

# The one table of meaning to status; a child class has its parent's. Anything else: 500, logged.
STATUS: dict[type[SearchError], int] = {
    BadQuery: 400,
    BadDocument: 400,
    DocumentNotFound: 404,
    VersionConflict: 409,
    EngineUnavailable: 503,
    MappingMismatch: 503,
    ModelUnusable: 503,
}
API = "/api/"
KEPT_CHARS = 2000  # of a query, in the box of an error page


def register(app: Flask) -> None:
    """Answer every error of the app with a page, or under /api with JSON."""
    app.register_error_handler(SearchError, _foreseen)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: SearchError) -> int:
    """The HTTP status that an error means."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def _foreseen(error: SearchError) -> ResponseReturnValue:
    status = status_of(error)
    if status >= 500:
        log.error("%s answered %d: %s", request.path, status, error)
        return respond(status, type(error).__name__, EMPTY if isinstance(error, IndexNotFound) else _("搜索暂时用不了。"))
    return respond(status, type(error).__name__, _("没有找到这个页面") if status == 404 else str(error))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # a redirect that is raised
        return error.get_response()
    sentence = _("没有找到这个页面") if status == 404 else _("这一步出错了，您的内容没有丢")
    return respond(status, type(error).__name__, sentence)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.exception("%s failed", request.path)
    return respond(500, "InternalError", _("这一步出错了，您的内容没有丢"))


def respond(status: int, kind: str, sentence: str) -> ResponseReturnValue:
    """The error as a page with what was typed in its box, or as JSON: {"error": {"kind", "message"}}."""
    if request.path.startswith(API):
        return jsonify(error={"kind": kind, "message": sentence}), status
    typed = request.values.get("q", "")[:KEPT_CHARS]
    return render_template("error.html", status=status, sentence=sentence, typed=typed), status
