"""Whether this process is alive, and whether it can answer: for machines that restart it or send it visitors."""

from flask import Blueprint, Response, jsonify

from search.errors import SearchError
from web.reading import searcher

blueprint = Blueprint("health", __name__, url_prefix="/health")
PROBE = "头痛"


@blueprint.get("/live")
def live() -> Response:
    """200 as long as the process answers at all."""
    return jsonify(alive=True)


@blueprint.get("/ready")
def ready() -> Response:
    """200 where the engine answers and the encoder encodes; else 503 and what is wrong. Keywords still find without the encoder."""
    found = examine()
    answer = jsonify(ready=not any(found.values()), **found)
    answer.status_code = 503 if any(found.values()) else 200
    return answer


def examine() -> dict[str, str]:
    """Part -> what is wrong with it, empty where nothing is."""
    parts = {"engine": "", "models": "", "encoder": ""}
    part = "engine"
    try:
        opened = searcher()
        opened.engine.generation()
        part = "models"
        analyzer = opened.analyzer
        part = "encoder"
        if analyzer:  # an empty library has none, and answers that it is empty
            analyzer.encoder.encode([PROBE], "query")
    except SearchError as exc:
        parts[part] = str(exc)
    return parts
