"""The first page: the box, examples, and what the library holds."""

from flask import Blueprint, render_template

from web.answers.library import library
from web.reading import searcher

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    """The first page."""
    return render_template("home.html", library=library(searcher().engine))
