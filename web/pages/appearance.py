"""Light or dark, shortcuts or none: kept in a cookie."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.frame import KEYS
from web.labels import THEMES

blueprint = Blueprint("appearance", __name__)
KNOWN = {"theme": tuple(THEMES), "keys": KEYS}
YEAR_SECONDS = 365 * 24 * 3600


@blueprint.post("/appearance")
def appearance() -> Response:
    """Remember what was chosen, and go back to the page."""
    answer = redirect(own(request.form.get("next", "")), 303)
    for name, known in KNOWN.items():
        if request.form.get(name) in known:
            answer.set_cookie(name, request.form[name], YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def own(address: str) -> str:
    """The address where it is a path of this site, else the first page: a redirect leads nowhere else."""
    foreign = not address.startswith("/") or address.startswith(("//", "/\\"))
    return "/" if foreign or any(ord(char) <= 32 or char == "\\" for char in address) else address
