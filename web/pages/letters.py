"""Names from A to Z."""

import re

from flask import Blueprint, abort, render_template

from web.answers.letters import letter_answer
from web.reading import searcher

blueprint = Blueprint("letters", __name__)
_BEGINNING = re.compile(r"[a-z0-9]{1,8}")


@blueprint.get("/a-z/<beginning>")
def letter(beginning: str) -> str:
    """The names whose pinyin begins so."""
    if not _BEGINNING.fullmatch(beginning):
        abort(404)
    return render_template("letter.html", answer=letter_answer(searcher().engine, beginning))
