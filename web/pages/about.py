"""What this is, what it may not be used for, what it keeps, and how programs ask."""

from flask import Blueprint, render_template, request

from search.ranking import rankings
from web import errors, limits
from web.answers.library import library, sources
from web.api.description import description, example_of
from web.reading import searcher

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> str:
    """What is in here, and how it is ranked."""
    engine = searcher().engine
    return render_template("about.html", library=library(engine), sources=sources(engine), rankings=rankings().values())


@blueprint.get("/about/disclaimer")
def disclaimer() -> str:
    """What this is not."""
    return render_template("disclaimer.html")


@blueprint.get("/about/privacy")
def privacy() -> str:
    """What is kept of a visit."""
    return render_template("privacy.html")


@blueprint.get("/api")
def api() -> str:
    """Every address under /api, from their description, each with an example to try."""
    paths = description()["paths"]
    operations = [(path, item["get"], example_of(path, item["get"])) for path, item in paths.items()]
    return render_template(
        "api.html",
        operations=operations,
        meanings=[*errors.MEANINGS.values(), errors.UNFORESEEN],
        limits=limits.A_MINUTE,
        host=request.host_url.rstrip("/"),
    )
