"""The samples keep their own rules."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

SAMPLES = Path(__file__).parents[1] / "samples"
HAN = re.compile(r"[\u4e00-\u9fff]")


def split(path):
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), "\n".join(line for line in body.splitlines() if not line.startswith("#"))


PAGES = {path.stem: split(path) for path in sorted((SAMPLES / "pages").glob("*.md"))}
QUERIES = dict(line.split("\t") for line in (SAMPLES / "queries.tsv").read_text(encoding="utf-8").splitlines())
QRELS = [line.split("\t") for line in (SAMPLES / "qrels.tsv").read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_pages_and_queries():
    assert len(PAGES) >= 200
    assert len(QUERIES) >= 150


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_facts_and_its_length(name):
    facts, body = PAGES[name]
    assert facts["_id"] == name
    assert facts["title"]
    assert facts["departments"]
    assert facts["published_at"]
    assert 400 <= len(HAN.findall(body)) <= 900


def test_no_two_pages_share_a_run_of_16_characters():
    owners = defaultdict(set)
    for name, (_, body) in PAGES.items():
        text = re.sub(r"\s", "", body)
        for i in range(len(text) - 15):
            owners[text[i : i + 16]].add(name)
    assert {run: names for run, names in owners.items() if len(names) > 1} == {}


def test_headache_is_there_under_many_names_and_so_are_its_look_alikes():
    headache = {page for query, page, grade in QRELS if query == "q01" and int(grade) >= 2}
    assert len(headache) >= 14
    assert sum("头痛" not in PAGES[page][0]["title"] for page in headache) >= 6
    apart = {
        name
        for name, (facts, body) in PAGES.items()
        if name not in headache
        and body.count("头") >= 3
        and len(re.findall("痛|疼", body)) >= 3
        and "头痛" not in facts["title"]
    }
    assert len(apart) >= 30


def test_judgements_are_of_pages_and_queries_that_there_are():
    assert {page for _, page, _ in QRELS} <= set(PAGES)
    assert {query for query, _, _ in QRELS} == set(QUERIES)
    assert len({(query, page) for query, page, _ in QRELS}) == len(QRELS)
    assert {int(grade) for _, _, grade in QRELS} == {1, 2, 3}
