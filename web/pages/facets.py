"""All values of one facet."""

from flask import Blueprint, render_template, request

from web.answers.facets import facet_answer
from web.params import parse
from web.reading import searcher

blueprint = Blueprint("facets", __name__)


@blueprint.get("/search/facets/<name>")
def facet(name: str) -> str:
    """The values by count or by pinyin; `find` keeps those that hold it."""
    params = parse(request.args.to_dict(flat=False), also=("find", "order"))
    answer = facet_answer(searcher(), name, params, request.args.get("find", ""), request.args.get("order", "count"))
    return render_template("facet.html", answer=answer)
