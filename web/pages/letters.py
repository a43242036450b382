"""Names from A to Z."""

from flask import Blueprint, abort, render_template

from web.answers.letters import BEGINNING, letter_answer
from web.reading import searcher

blueprint = Blueprint("letters", __name__)


@blueprint.get("/a-z/<beginning>")
def letter(beginning: str) -> str:
    """The names whose pinyin begins so."""
    if not BEGINNING.fullmatch(beginning):
        abort(404)
    return render_template("letter.html", answer=letter_answer(searcher().engine, beginning))
