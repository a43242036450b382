"""What a box suggests while somebody types: data for a script, not a page."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from web.answers.suggestions import suggestions
from web.reading import searcher

blueprint = Blueprint("suggestions", __name__)


@blueprint.get("/suggest")
def suggest() -> ResponseReturnValue:
    """{"suggestions": [name, ...]} for `q` in characters, pinyin or initials."""
    return jsonify(suggestions=suggestions(searcher().engine, request.args.get("q", "")))
