"""The search page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from web import metrics
from web.answers.library import library
from web.answers.search import search_answer
from web.params import parse
from web.reading import searcher

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Hits with their reasons; the first page with a sentence, where nothing was asked."""
    params = parse(request.args.to_dict(flat=False), also=("why",))
    if params.blank:
        return render_template("home.html", library=library(searcher().engine), asked=params)
    answer = search_answer(searcher(), params)
    metrics.searched(answer)
    explained = "1" in (request.args.get("why"), request.args.get("print"))
    return render_template("search.html", answer=answer, explained=explained)
