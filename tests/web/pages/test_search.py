"""The search page: what it counts, what it keeps, what it shows where there is nothing."""

import random
import re
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from search.errors import ModelUnusable
from search.ranking import rankings
from search.searcher import Searcher
from search.settings import Settings
from search.text.analyzer import Analyzer
from tests.web.conftest import Page
from web.answers.facets import FACETS
from web.app import create_app
from web.params import SearchParams

QUERIES = ["我的头很痛", "孩子发烧咳嗽", "骨头疼", "高血压 用药", "肚子痛 拉肚子"]


def total(page) -> int:
    found = re.search(r"找到 ([\d,]+) 篇", page.words)
    return int(found[1].replace(",", "")) if found else 0


def asked(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_a_count_is_what_its_click_shows(page, samples):
    chance = random.Random(7)
    for _ in range(40):
        params = SearchParams(chance.choice(QUERIES), chance.choice(list(rankings())))
        counts = samples.search(params.query(), params.ranking, FACETS).facets
        name = chance.choice([name for name in FACETS if counts[name]])
        value, count = chance.choice(sorted(counts[name].items()))
        assert total(page(params.choosing(name, value).url())) == count, (params, name, value)


def test_a_second_value_of_a_field_adds_its_count(page, samples):
    params = SearchParams("头痛", include={"kind": ("disease",)})
    counts = samples.search(params.query(), params.ranking, FACETS).facets["kind"]
    assert total(page(params.choosing("kind", "symptom").url())) == counts["disease"] + counts["symptom"]


def test_what_is_excluded_is_gone(page, samples):
    params = SearchParams("头痛")
    counts = samples.search(params.query(), params.ranking, FACETS)
    left = page(params.excluding("department", "内科").url())
    assert total(left) == counts.total - counts.facets["department"]["内科"] > 0
    assert "内科 ›" not in "".join(left.words.split("筛选")[0])


def test_another_ranking_keeps_the_question_and_the_filters(page):
    address = SearchParams("头痛", include={"kind": ("disease",)}, exclude={"year": ("2021",)}, sort="date", page=2).url()
    others = [link for link in page(address).links if "ranking=" in link and "ranking=" not in address]
    seen = {asked(link)["ranking"][0] for link in others}
    assert seen == set(rankings()) - {"hybrid"}
    for link in others:
        assert {name: asked(link)[name] for name in ("q", "kind", "not_year", "sort")} == {
            "q": ["头痛"],
            "kind": ["disease"],
            "not_year": ["2021"],
            "sort": ["date"],
        }


def test_every_chosen_value_has_a_chip_that_drops_it_alone(page):
    params = SearchParams("头痛", include={"kind": ("disease", "symptom")}, exclude={"year": ("2021",)})
    links = page(params.url()).links
    for name, value in (("kind", "disease"), ("kind", "symptom"), ("year", "2021")):
        assert params.dropping(name, value).url() in links
    assert params.unfiltered().url() in links


def test_the_box_keeps_the_filters_and_the_ranking(page):
    found = page(SearchParams("头痛", "bm25", include={"kind": ("disease",)}).url())
    hidden = [(tag, name, value) for tag, name, value in found.attributes if tag == "input" and name in ("name", "value")]
    pairs = [value for _, _, value in hidden]
    assert ("kind", "disease") in pairwise(pairs)
    assert ("ranking", "bm25") in pairwise(pairs)


def test_matched_words_are_marked(page):
    assert {"头痛", "头疼"} <= set(page(SearchParams("我的头很痛").url()).marked)


def test_the_rows_of_each_reason_add_up_to_the_sum_above_them(client):
    tables = client.get(SearchParams("我的头很痛").url()).text.split("<table>")[1:]
    assert len(tables) == 10
    for table in tables:
        total_ = re.search(r"合计 ([\d.]+)）", table)[1]
        parts = re.findall(r'data-l="贡献">.*?</svg> ([\d.]+)</td>', table)
        assert f"{sum(map(float, parts)):.2f}" == total_


def test_each_hit_says_its_source_and_date(page):
    found = page(SearchParams("我的头很痛").url())
    assert found.words.count("杏林样本") >= 10
    assert len([value for tag, name, value in found.attributes if (tag, name) == ("time", "datetime")]) == 10


@pytest.mark.parametrize("name", list(rankings()))
def test_every_hit_opens_its_document_at_a_sentence_that_is_there(page, name):
    for link in page(SearchParams("偏头痛 恶心", name).url()).links:
        parts = urlsplit(link)
        if parts.path.startswith("/documents/"):
            assert parts.fragment in page(link).ids


@pytest.mark.parametrize("name", ["why", "print"])
def test_the_reasons_are_open_where_the_address_says_so(page, name):
    address = SearchParams("头痛").url()
    closed, opened = page(address), page(f"{address}&{name}=1")
    assert ("details", "open", "") not in closed.attributes
    assert opened.attributes.count(("details", "open", "")) == 10


def test_pages_lead_on_and_past_the_end_is_the_last(page):
    params = SearchParams("我的头很痛")
    hits = total(page(params.url()))
    pages = -(-hits // 10)
    last, beyond = page(params.url(page=pages)), page(params.url(page=50_000))
    assert f"第 {pages} 页，共 {pages} 页" in last.words
    assert beyond.words == last.words.replace(str(params.url(page=pages)), "")
    assert params.url(page=pages - 1) in last.links
    assert params.url(page=pages + 1) not in last.links


def test_the_pages_hold_every_hit_once(page):
    params = SearchParams("我的头很痛")
    hits = total(page(params.url()))
    titles = []
    for number in range(1, -(-hits // 10) + 1):
        links = page(params.url(page=number)).links
        titles += {urlsplit(link).path for link in links if link.startswith("/documents/")}
    assert len(titles) == len(set(titles)) == hits


@pytest.mark.parametrize("text", ["", "   ", "😀", "，。！"])
def test_blank_is_the_first_page_with_a_sentence(page, text):
    found = page(SearchParams(text).url())
    assert "请写下症状、疾病或药名。" in found.words
    assert "例如" in found.words


def test_a_huge_question_says_how_much_it_may_be_and_keeps_its_start(client):
    answer = client.get("/search", query_string={"q": "痛" * 100_000})
    assert answer.status_code == 400
    assert "您写了 100,000 字，最多 2,000 字，请留下最要紧的几句。" in answer.text
    assert f'value="{"痛" * 2000}"' in answer.text
    assert len(answer.data) < 20_000


def test_an_unknown_parameter_is_named_and_the_search_goes_on(page):
    found = page("/search?q=头痛&colour=red")
    assert "不认识的参数“colour”" in found.words
    assert total(found)


def test_a_filter_alone_browses_by_date(page):
    found = page("/search?department=内科/神经内科")
    dates = [value for tag, name, value in found.attributes if (tag, name) == ("time", "datetime")]
    assert dates == sorted(dates, reverse=True)
    assert "合计" not in found.words


def test_nothing_found_offers_each_filter_to_drop_with_its_count(page, samples):
    params = SearchParams("偏头痛", include={"department": ("五官科",), "year": ("1999",)})
    fewer = params.dropping("year", "1999")
    count = samples.search(fewer.query(), fewer.ranking, ()).total
    found = " ".join(page(params.url()).words.split())
    assert f"去掉 1999 → {count} 篇" in found
    assert "去掉 五官科" not in found  # nothing is of 1999
    assert f"去掉全部筛选 → {samples.search(SearchParams('偏头痛').query(), 'hybrid', ()).total} 篇" in found


def test_every_way_out_gives_as_many_as_it_says(client, page):
    params = SearchParams("asthma 哮喘", "hybrid", include={"year": ("1999",)})
    answer = client.get(params.url()).text
    ways = re.findall(r'<li><a href="([^"]+)">[^<]+</a> → ([\d,]+) 篇', answer)
    assert ways
    for link, count in ways:
        assert total(page(link.replace("&amp;", "&"))) == int(count.replace(",", ""))


def test_nothing_found_shows_what_is_nearest_by_meaning(page):
    found = page(SearchParams("头痛", include={"year": ("1999",)}).url())
    assert "看意思最接近的 10 篇" in found.words
    assert any("/documents/headache" in link for link in found.links)


def test_pinyin_finds_what_was_meant(page):
    found = page("/search?q=tou+tong")
    assert "您是不是要找：头痛" in found.words
    assert SearchParams("头痛").url() in found.links


def test_the_disclaimer_stands_under_the_box_and_at_the_foot(page):
    assert page("/search?q=头痛").words.count("不能代替医生诊断") == 2


def test_a_ranking_without_its_model_is_said_to_be_paused(samples, tmp_path):
    found = served(samples, tmp_path, lambda: samples.analyzer.encoder)
    assert "词向量（暂停）" in found.words
    assert "BERT（暂停）" not in found.words


def test_with_the_encoder_down_words_alone_rank_and_a_notice_says_so(samples, tmp_path):
    def broken():
        raise ModelUnusable("cut short")

    found = served(samples, tmp_path, broken)
    assert "语义模型暂停，本页只按字词排序。" in found.words
    assert "BERT（暂停）" in found.words
    assert total(found)


def served(samples, tmp_path, open_encoder) -> Page:
    """A search of the samples with this encoder, and without word vectors."""
    tools = samples.analyzer
    searcher = Searcher(samples.engine, lambda models: Analyzer(tools.segmenter, open_encoder, models, tools.tfidf))
    answer = create_app(Settings(var=tmp_path), searcher).test_client().get("/search?q=头痛")
    assert answer.status_code == 200
    return Page(answer.text)
