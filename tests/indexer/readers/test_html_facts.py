import json
from datetime import date

import pytest

from indexer.readers import html_facts
from indexer.readers.html_lines import lines
from indexer.readers.html_tree import tree


def for_machines(*nodes, head=""):
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    return html_facts.for_machines(tree(f"<html><head>{head}{scripts}</head><body><p>x</p></body></html>"))


def of_place(body, head=""):
    root = tree(f"<html><head>{head}</head><body>{body}</body></html>")
    return html_facts.of_place(root, list(lines(root))).facts


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ({"@type": "MedicalCondition"}, "disease"),
        ({"@type": ["WebPage", "MedicalWebPage"], "about": {"@type": "MedicalSymptom"}}, "symptom"),
        ({"@type": "MedicalWebPage", "mainEntity": [{"@type": "https://schema.org/Drug"}]}, "drug"),
        ({"@graph": [{"@type": "Article"}, {"@type": "ImagingTest"}]}, "examination"),
        ({"@type": "NewsArticle"}, "article"),
        ({"@type": "QAPage", "mainEntity": {"@type": "Question"}}, "qa"),
        ({"@type": "MedicalGuideline"}, "guideline"),
        ({"@type": "MedicalWebPage"}, ""),
        ({"@type": "MedicalWebPage", "about": [{"@type": "Drug"}, {"@type": "MedicalCondition"}]}, ""),
        ({"@type": "MedicalWebPage", "citation": {"@type": "ScholarlyArticle"}, "mentions": {"@type": "Drug"}}, ""),
    ],
)
def test_the_kind_is_that_of_what_the_page_is_about(node, kind):
    assert for_machines(node)[0].facts.kind == kind


def test_other_names_and_dates_are_those_of_the_page():
    node = {
        "@type": "MedicalWebPage",
        "datePublished": "2025-04-18T09:30:00+08:00",
        "about": {"@type": "MedicalCondition", "alternateName": ["上感", "伤风。"]},
    }
    said = for_machines(node)[0]
    assert (said.facts.aliases, said.published_at) == (("上感", "伤风"), date(2025, 4, 18))


@pytest.mark.parametrize("text", ["{broken", "[" * 100_000, '"text"', "null", '{"@type": 3, "about": "x", "@graph": 1}'])
def test_what_is_no_json_or_no_description_says_nothing(text):
    root = tree(f'<html><script type="application/ld+json">{text}</script><p>x</p></html>')
    assert all(said.facts == type(said.facts)() for said in html_facts.for_machines(root))


@pytest.mark.parametrize(
    ("head", "published", "updated"),
    [
        ('<meta name="PubDate" content="2025-01-09 16:20">', date(2025, 1, 9), None),
        ('<meta property="article:published_time" content="2025-01-09T00:00:00Z">', date(2025, 1, 9), None),
        ('<meta property="article:modified_time" content="20250302">', None, date(2025, 3, 2)),
        ('<meta name="PubDate" content="昨天">', None, None),
        ('<meta name="viewport" content="2025-01-09">', None, None),
        ('<time datetime="2025-01-09">一月九日</time>', date(2025, 1, 9), None),
        ('<time datetime="2025-01-09"></time><time datetime="2025-01-10"></time>', None, None),
    ],
)
def test_dates_are_read_from_meta_elements_and_from_a_single_time(head, published, updated):
    said = for_machines(head=head)[1]
    assert (said.published_at, said.updated_at) == (published, updated)


@pytest.mark.parametrize(
    "crumbs",
    [
        "<p>当前位置：<a href=/>首页</a> &gt; <a href=/j>疾病百科</a> &gt; <a href=/n>内科</a> &gt; 呼吸科 &gt; 感冒</p>",
        "<ol class='site-breadcrumb'><li><a href=/>首页</a></li><li>疾病百科</li><li>内科</li><li>呼吸内科</li></ol>",
        "<div class=position><a href=/>首页</a>›<a href=/j>疾病百科</a>›<a href=/n>呼吸内科</a></div>",
    ],
)
def test_a_breadcrumb_tells_kind_and_department(crumbs):
    facts = of_place(f"{crumbs}<p>感冒由病毒引起。</p>")
    assert (facts.kind, facts.departments) == ("disease", ("内科/呼吸内科",))


def test_a_breadcrumb_for_machines_does_too():
    items = [{"name": "首页"}, {"item": {"name": "药品"}}]
    script = json.dumps({"@type": "BreadcrumbList", "itemListElement": items})
    assert of_place("<p>x</p>", f'<script type="application/ld+json">{script}</script>').kind == "drug"


def test_rooms_of_two_kinds_leave_it_open_and_the_page_itself_is_no_room():
    assert of_place("<p>当前位置：首页 > 疾病 > 感冒 > 文章</p>").kind == ""
    assert of_place("<p>当前位置：首页 > 感冒的症状</p>").kind == ""
    assert of_place("<p>症状</p>").kind == ""


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://www.example.org/a.html", "https://www.example.org/a.html"),
        ("https://www.example.org/", ""),
        ("/a.html", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_page_names_its_own_address_but_not_its_sites(href, url):
    assert html_facts.address(tree(f'<html><head><link rel="canonical" href="{href}"></head><p>x</p></html>')) == url
