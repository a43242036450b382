"""What went wrong, as a status and a page or a JSON body; foreseen errors bring their own sentence."""

import logging
from dataclasses import dataclass
from typing import TypedDict

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    TooManyRequests,
)

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
from web import limits

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error's HTTP status, the code by which programs know it, and what to do about it."""

    status: int
    code: str
    what_to_do: str


class ErrorRow(TypedDict):
    """Code: one word for programs, which stays; message and what_to_do: for a person, in the language asked for."""

    code: str
    message: str
    what_to_do: str


class ErrorBody(TypedDict):
    """What every error under /api looks like."""

    error: ErrorRow


_CORRECT = lazy_gettext("改正请求里的这一处，再试一次；参数写在 /api 这一页。")
_LOOK = lazy_gettext("核对网址；有哪些地址写在 /api 这一页，编号可以从 /api/search 得到。")
_LATER = lazy_gettext("过几秒再试；一直这样，请运营的人看 /health/ready。")
_REBUILD = lazy_gettext("请运营的人运行 python -m search doctor，它说怎么修。")

# The one table of what errors mean; a child class means what its parent does.
MEANINGS: dict[type[Exception], Meaning] = {
    BadQuery: Meaning(400, "bad_query", _CORRECT),
    BadDocument: Meaning(400, "bad_document", _CORRECT),
    DocumentNotFound: Meaning(404, "document_not_found", _LOOK),
    VersionConflict: Meaning(409, "version_conflict", lazy_gettext("重新读一次，再做一次。")),
    EngineUnavailable: Meaning(503, "engine_unavailable", _LATER),
    MappingMismatch: Meaning(503, "index_mismatch", _REBUILD),
    ModelUnusable: Meaning(503, "model_unusable", _REBUILD),
    BadRequest: Meaning(400, "bad_request", _CORRECT),
    NotFound: Meaning(404, "not_found", _LOOK),
    MethodNotAllowed: Meaning(405, "method_not_allowed", lazy_gettext("接口只读：请用 GET。")),
    TooManyRequests: Meaning(429, "too_many_requests", lazy_gettext("等到 Retry-After 说的秒数过去，再试。")),
}
UNFORESEEN = Meaning(500, "internal_error", lazy_gettext("这是程序的错：请把 X-Request-Id 告诉运营的人。"))
API = "/api/"
KEPT_CHARS = 2000  # of a query, in the box of an error page


def register(app: Flask) -> None:
    """Answer every error of the app with a page, or under /api with JSON."""
    app.register_error_handler(SearchError, _foreseen)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def meaning_of(error: Exception) -> Meaning:
    """What an error means; what nobody foresaw is ours to mend."""
    return next((MEANINGS[kind] for kind in type(error).__mro__ if kind in MEANINGS), UNFORESEEN)


def said(error: SearchError) -> str:
    """The error's sentence in the language of this request, where the catalogue has it."""
    return str(_(error.sentence, **error.values)) if error.sentence else ""


def _foreseen(error: SearchError) -> ResponseReturnValue:
    meaning = meaning_of(error)
    if meaning.status >= 500:
        log.error("%s answered %d: %s", request.path, meaning.status, error)
        return respond(meaning, EMPTY if isinstance(error, IndexNotFound) else _("搜索暂时用不了。"))
    return respond(meaning, _("没有找到这个页面") if meaning.status == 404 else said(error))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # a redirect that is raised
        return error.get_response()
    known = meaning_of(error)
    meaning = known if known is not UNFORESEEN else Meaning(status, error.name.lower().replace(" ", "_"), _CORRECT)
    answer = respond(meaning, _sentence(meaning))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.allow.update(error.valid_methods)
    return answer


def _sentence(meaning: Meaning) -> str:
    if meaning.status == 404:
        return _("没有找到这个页面")
    if meaning.status == 429:
        return _("请求太多了；请 %(seconds)s 秒后再试。", seconds=limits.seconds_left())
    return _("这一步出错了，您的内容没有丢")


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.exception("%s failed", request.path)
    return respond(UNFORESEEN, _("这一步出错了，您的内容没有丢"))


def respond(meaning: Meaning, sentence: str) -> Response:
    """The error as a page with what was typed in its box, or as JSON: ErrorBody."""
    if request.path.startswith(API):
        row = ErrorRow(code=meaning.code, message=sentence, what_to_do=str(meaning.what_to_do))
        answer = jsonify(ErrorBody(error=row))
    else:
        typed = request.values.get("q", "")[:KEPT_CHARS]
        answer = make_response(render_template("error.html", status=meaning.status, sentence=sentence, typed=typed))
    answer.status_code = meaning.status
    return answer
