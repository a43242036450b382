"""What this is, what it may not be used for, what it keeps, and how programs ask."""

from flask import Blueprint, current_app, render_template

from search.ranking import rankings
from web.answers.library import library, sources
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
    """The addresses under /api that there are."""
    rules = sorted(rule.rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith("/api/"))
    return render_template("api.html", rules=rules)
