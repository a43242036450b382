"""What a page states for machines and in its breadcrumb: JSON-LD of schema.org, meta elements, 首页 > 疾病百科 > 内科."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from lxml.html import HtmlElement

from indexer.readers import departments
from indexer.readers.html_lines import Line, names_of
from indexer.readers.html_notices import PLACE
from indexer.readers.rows import read_date
from indexer.readers.stated import Stated, names
from search.document import Facts

_TYPES = {
    "disease": "MedicalCondition Disease InfectiousDisease",
    "symptom": "MedicalSignOrSymptom MedicalSymptom MedicalSign",
    "drug": "Drug",
    "examination": "MedicalTest BloodTest ImagingTest PathologyTest MedicalTestPanel DiagnosticProcedure",
    "guideline": "MedicalGuideline MedicalGuidelineRecommendation",
    "study": "MedicalStudy MedicalTrial MedicalObservationalStudy MedicalScholarlyArticle ScholarlyArticle",
    "qa": "QAPage Question",
    "article": "Article NewsArticle BlogPosting Report",
}
_KIND_OF = {name: kind for kind, names in _TYPES.items() for name in names.split()}
_ROOMS = {
    "disease": "疾病 疾病百科 疾病库 疾病大全 疾病查询 疾病知识 常见疾病",
    "symptom": "症状 症状百科 症状库 症状大全 症状查询",
    "drug": "药品 药品百科 药品库 药品大全 药品查询 药物 药物百科 药品说明书 西药 中成药",
    "examination": "检查 检查百科 检查项目 检查大全 化验 化验单 检验项目",
    "guideline": "指南 临床指南 诊疗指南 指南共识 专家共识",
    "study": "文献 论文 学术论文",
    "article": "文章 资讯 健康资讯 新闻 科普 健康科普 科普文章",
    "qa": "问答 健康问答 问医生 有问必答",
}
_ROOM_OF = {name: kind for kind, names in _ROOMS.items() for name in names.split()}
_NAMES = {  # of meta elements; and, for crumbs, in class names
    "published": "article:published_time og:published_time bytedance:published_time weibo:article:create_at pubdate publishdate"
    " publish-date publish_date publish_time publishtime datepublished dc.date dc.date.issued dcterms.issued dcterms.created"
    " citation_publication_date citation_date date",
    "updated": "article:modified_time og:updated_time bytedance:updated_time weibo:article:update_at lastmodified",
    "crumbs": "breadcrumb breadcrumbs crumb crumbs weizhi position",
}
_PUBLISHED, _UPDATED, _CRUMBS = (frozenset(names.split()) for names in _NAMES.values())
_BETWEEN_CRUMBS = re.compile(r"\s*[>＞»›→/]+\s*")
_MAX_CRUMB = 20  # characters


def for_machines(root: HtmlElement) -> list[Stated]:
    """What its JSON-LD and its meta elements state."""
    return [_of_nodes(list(_nodes(root))), _of_meta(root)]


def of_place(root: HtmlElement, lines: Sequence[Line]) -> Stated:
    """What its place in the site states: kind and departments by the breadcrumb."""
    return _of_crumbs([*_listed_crumbs(_nodes(root)), *_shown_crumbs(lines)])


def address(root: HtmlElement) -> str:
    """The url that the page names as its own; empty where it names none, or its site's front page."""
    for found in (*root.xpath("//link[@rel='canonical']/@href"), *root.xpath("//meta[@property='og:url']/@content")):
        url = str(found).strip()
        if re.match(r"https?://[^/]+/.*[^/]", url):
            return url
    return ""


def _nodes(root: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """The things that JSON-LD describes, not those that they mention; what is no JSON says nothing."""
    for script in root.xpath("//script[contains(@type, 'ld+json')]"):
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _mappings(value):
            yield from _mappings(node["@graph"]) if "@graph" in node else (node,)


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one


def _types(node: Mapping[str, Any]) -> list[str]:
    given = node.get("@type")
    return [str(one).rpartition("/")[2] for one in (given if isinstance(given, list) else [given])]


def _of_nodes(nodes: Sequence[Mapping[str, Any]]) -> Stated:
    """Kind and other names of what the page is about; a page about a disease is of that kind, though it is an Article too."""
    things = [*nodes, *(thing for node in nodes for name in ("about", "mainEntity") for thing in _mappings(node.get(name)))]
    kinds = {kind: thing for thing in things for name in _types(thing) if (kind := _KIND_OF.get(name))}
    if len(kinds) > 1:
        kinds.pop("article", None)
    kind, thing = next(iter(kinds.items())) if len(kinds) == 1 else ("", {})
    given = thing.get("alternateName", ()) if kind != "article" else ()
    aliases = tuple(name for one in ([given] if isinstance(given, str) else given or ()) for name in names(str(one)))
    specialty = [node.get("specialty") or node.get("relevantSpecialty") for node in things]
    paths = departments.deepest(path for one in specialty if isinstance(one, str) for path in departments.paths(one))
    return Stated(Facts(kind, paths, aliases), _date(nodes, "datePublished"), _date(nodes, "dateModified"))


def _date(nodes: Iterable[Mapping[str, Any]], name: str) -> date | None:
    return next(filter(None, (read_date(node.get(name)) for node in nodes)), None)


def _of_meta(root: HtmlElement) -> Stated:
    published = updated = None
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").lower()
        if name in _PUBLISHED:
            published = published or read_date(element.get("content"))
        elif name in _UPDATED:
            updated = updated or read_date(element.get("content"))
    times = {read_date(element.get("datetime")) for element in root.iter("time")} - {None}
    return Stated(Facts(), published or (times.pop() if len(times) == 1 else None), updated)


def _listed_crumbs(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for node in nodes:
        if "BreadcrumbList" in _types(node):
            for item in _mappings(node.get("itemListElement")):
                thing = item.get("item")
                yield str(item.get("name") or (thing.get("name", "") if isinstance(thing, dict) else ""))


def _shown_crumbs(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        if (found := PLACE.match(line.text)) or _is_crumb(line.element):
            yield from _BETWEEN_CRUMBS.split(line.text[found.end() if found else 0 :])


def _is_crumb(element: HtmlElement | None) -> bool:
    """Is it, or one of the two around it, called a breadcrumb?"""
    for _ in range(3):
        if element is None:
            return False
        if not _CRUMBS.isdisjoint(names_of(element)):
            return True
        element = element.getparent()
    return False


def _of_crumbs(crumbs: Sequence[str]) -> Stated:
    """The kind, if the rooms of a site that lead here are of one; departments that the list knows."""
    short = [crumb.strip() for crumb in crumbs if 0 < len(crumb.strip()) <= _MAX_CRUMB]
    kinds = {_ROOM_OF[crumb] for crumb in short if crumb in _ROOM_OF}
    known = departments.listed()
    paths = departments.deepest(known[crumb] for crumb in short if crumb in known)
    return Stated(Facts(kinds.pop() if len(kinds) == 1 else "", paths))
