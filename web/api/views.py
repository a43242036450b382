"""The addresses under /api: each page's path gives the same as data, for the same parameters."""

from flask import Blueprint, Response, abort, jsonify, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from search.ranking import rankings
from web import metrics
from web.answers.document import document_answer
from web.answers.facets import facet_answer
from web.answers.letters import BEGINNING, LetterAnswer, letter_answer
from web.answers.library import library, sources
from web.answers.search import search_answer
from web.answers.suggestions import suggestions
from web.api import bodies
from web.api import operations as known
from web.api.description import description
from web.api.operations import operation
from web.params import parse
from web.reading import searcher

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of all the others."""
    return jsonify(description())


@blueprint.get("/search")
@operation(_("搜索：一页结果，每条带理由，和筛选的数"), bodies.SearchPage, *known.SEARCH, errors=(400,), q="我的头很痛")
def search() -> Response:
    """The twin of the search page."""
    answer = search_answer(searcher(), parse(request.args.to_dict(flat=False), also=("why",)))
    metrics.searched(answer)
    return jsonify(bodies.search_page(answer, gettext))


@blueprint.get("/search/facets/<name>")
@operation(
    _("一个筛选的全部值"),
    bodies.FacetPage,
    known.FACET,
    *known.SEARCH,
    known.FIND,
    known.ORDER,
    errors=(400,),
    name="department",
    q="头痛",
)
def facet(name: str) -> Response:
    """The twin of the page of a facet."""
    params = parse(request.args.to_dict(flat=False), also=("find", "order"))
    order = request.args.get("order") or "count"
    return jsonify(bodies.facet_page(facet_answer(searcher(), name, params, request.args.get("find", ""), order)))


@blueprint.get("/documents/<document:doc_id>")
@operation(
    _("一篇文章的最新一版"),
    bodies.DocumentPage,
    known.DOCUMENT_ID,
    known.MARKED,
    errors=(400, 404),
    doc_id="headache",
    q="头疼",
)
def document(doc_id: str) -> Response:
    """The twin of a document's page."""
    return jsonify(bodies.document_page(document_answer(searcher(), doc_id, request.args.get("q", ""))))


@blueprint.get("/documents/<document:doc_id>/versions/<int:number>")
@operation(
    _("一篇文章的一版"),
    bodies.DocumentPage,
    known.DOCUMENT_ID,
    known.NUMBER,
    known.MARKED,
    errors=(400, 404),
    doc_id="headache",
    number=1,
)
def version(doc_id: str, number: int) -> Response:
    """The twin of a version's page."""
    return jsonify(bodies.document_page(document_answer(searcher(), doc_id, request.args.get("q", ""), number)))


@blueprint.get("/a-z/<beginning>")
@operation(_("名称按拼音：以这些字母开头的"), LetterAnswer, known.BEGINNING, errors=(404,), beginning="t")
def letter(beginning: str) -> Response:
    """The twin of the page of a letter."""
    if not BEGINNING.fullmatch(beginning):
        abort(404)
    return jsonify(letter_answer(searcher().engine, beginning))


@blueprint.get("/suggest")
@operation(_("一边写一边提示的名称"), bodies.SuggestPage, known.TYPED, q="tt")
def suggest() -> Response:
    """Names that begin as `q`."""
    return jsonify(bodies.SuggestPage(suggestions=suggestions(searcher().engine, request.args.get("q", ""))))


@blueprint.get("/about")
@operation(_("这里有什么：篇数、来源、排序方法"), bodies.AboutPage)
def about() -> Response:
    """The twin of the page about what is in here."""
    engine = searcher().engine
    return jsonify(bodies.about_page(library(engine), sources(engine), rankings().values()))
