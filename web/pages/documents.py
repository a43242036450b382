"""A document, and each of its versions."""

from flask import Blueprint, render_template, request

from web.answers.document import document_answer
from web.reading import searcher

blueprint = Blueprint("documents", __name__)


@blueprint.get("/documents/<document:doc_id>")
def document(doc_id: str) -> str:
    """The newest version, the words of `q` marked."""
    return render_template("document.html", answer=document_answer(searcher(), doc_id, request.args.get("q", "")))


@blueprint.get("/documents/<document:doc_id>/versions/<int:number>")
def version(doc_id: str, number: int) -> str:
    """One version, which says whether it is the newest."""
    answer = document_answer(searcher(), doc_id, request.args.get("q", ""), number)
    return render_template("document.html", answer=answer)
