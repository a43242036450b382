"""What the names of fields, rankings, legs and kinds are called on a page."""

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from web.language import sentence as _
from web.language import translated

FACETS = {
    "department": _("科室"),
    "source": _("来源"),
    "kind": _("类型"),
    "year": _("年份"),
    "topic": _("主题"),
    "series": _("系列"),
}
KINDS = {
    "disease": _("疾病"),
    "symptom": _("症状"),
    "drug": _("药物"),
    "examination": _("检查"),
    "guideline": _("指南"),
    "study": _("研究"),
    "article": _("文章"),
    "qa": _("问答"),
}
RANKINGS = {"hybrid": _("综合"), "bm25": "BM25", "tfidf": "TF-IDF", "word2vec": _("词向量"), "bert": "BERT"}
SORTS = {"": _("按相关"), "date": _("按日期"), "title": _("按标题拼音")}
LEGS = {
    "name": _("整个名称"),
    "exact": _("问句里的名称"),
    "tfidf": "TF-IDF",
    "word2vec": _("词向量"),
    "bm25.title": _("BM25 标题"),
    "bm25.aliases": _("BM25 别名"),
    "bm25.symptoms": _("BM25 症状"),
    "bm25.body": _("BM25 正文"),
    "concepts.title": _("同义词 标题"),
    "concepts.body": _("同义词 正文"),
    "bigrams": _("相邻两字"),
    "bert.title": _("BERT 语义 标题"),
    "bert.passages": _("BERT 语义 段落"),
}
THEMES = {"auto": _("自动"), "light": _("浅色"), "dark": _("深色")}
LABELS = {"facet": FACETS, "ranking": RANKINGS, "sort": SORTS, "leg": LEGS, "theme": THEMES}


def register(app: Flask) -> None:
    """Give templates the labels."""
    app.jinja_env.globals.update(SORTS=SORTS, THEMES=THEMES)
    app.jinja_env.filters.update(label=label, facet_value=facet_value, path=path)


@pass_context
def label(context: Context, name: str, of: str) -> str:
    """What a name of this sort is called; one that nobody named is called by itself."""
    return translated(context, LABELS[of].get(name, name))


@pass_context
def facet_value(context: Context, value: str, name: str) -> str:
    """A value of a field as a person reads it."""
    if name == "kind":
        return translated(context, KINDS.get(value, value))
    return path(value) if name == "department" else value


def path(value: str) -> str:
    """A path with its steps apart: 内科 › 神经内科."""
    return value.replace("/", " › ")
