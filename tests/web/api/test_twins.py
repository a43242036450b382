"""Every page's data: the same numbers as the page, for the same parameters."""

import json

import pytest

from search.ranking import rankings
from tests.conftest import run_command
from tests.web.conftest import SHY
from web.document_ids import to_step


@pytest.fixture
def data(client):
    """A function that gets an address under /api, which must be there."""

    def get(address: str):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json

    return get


@pytest.mark.parametrize("ranking", rankings())
def test_a_search_has_the_hits_total_and_counts_of_its_page(page, data, ranking):
    found = data(f"/api/search?q=我的头很痛&ranking={ranking}&kind=disease")
    shown = page(f"/search?q=我的头很痛&ranking={ranking}&kind=disease")
    links = [link.split("?")[0] for link in shown.links if link.startswith("/documents/")]
    assert list(dict.fromkeys(links)) == [f"/documents/{hit['doc_id']}" for hit in found["hits"]]
    assert f"{found['total']} 篇" in shown.words
    assert found["ranking"] == ranking and found["query"] == "我的头很痛"


def test_the_contributions_of_a_hit_sum_to_its_score(data):
    for hit in data("/api/search?q=我的头很痛")["hits"]:
        assert sum(reason["contribution"] for reason in hit["reasons"]) == pytest.approx(hit["score"], abs=1e-4)


def test_a_search_is_what_the_command_line_prints(data, samples_settings):
    printed = json.loads(run_command(samples_settings, "search", "query", "偏头痛", "--json").stdout)
    served = data("/api/search?q=偏头痛")
    assert printed["hits"] == served["hits"]
    assert printed["total"] == served["total"]
    assert all(list(counts.items()) == list(printed["facets"][name].items()) for name, counts in served["facets"].items())


def test_a_page_past_the_end_is_the_last_one(data):
    found = data("/api/search?q=头痛&page=99999")
    assert found["page"] == found["pages"] > 1
    assert found["hits"][-1]["rank"] == found["total"]


def test_the_count_of_a_value_is_what_choosing_it_gives(data):
    counts = data("/api/search/facets/department?q=头痛")["values"]
    assert len(counts) > 5
    for value in counts[:8]:
        assert data(f"/api/search?q=头痛&department={value['value']}")["total"] == value["count"]


def test_ways_out_of_nothing_found_lead_to_what_they_count(data):
    found = data("/api/search?q=头痛&kind=drug&year=1950")
    assert found["total"] == 0
    ways = found["ways_out"]
    assert ways["fewer"] and ways["nearest"]
    for way in ways["fewer"] + ways["other"]:
        assert data(way["url"])["total"] == way["total"]
    assert data("/api/search?q=头痛")["ways_out"] is None


def test_what_nobody_used_is_named_in_the_language_asked_for(data):
    chinese, english = (data(f"/api/search?q=头痛&colour=red&lang={lang}")["notices"] for lang in ("zh", "en"))
    assert chinese == ["不认识的参数“colour”，没有用到。"]
    assert len(english) == 1 and "colour" in english[0] and english != chinese


def test_letters_that_may_stand_for_a_name_are_offered_with_its_hits(data):
    meant = data("/api/search?q=tou tong")["meant"]
    assert any(one["name"] == "头痛" and one["total"] > 0 for one in meant)


def test_a_document_is_whole_and_marks_point_at_its_words(data, samples):
    (entry,) = samples.engine.fetch(["headache"])
    found = data("/api/documents/headache?q=头疼")
    assert (found["title"], found["text"]) == (entry.document.title, entry.document.text)
    assert found["newest"] and found["version"] == 1 and len(found["versions"]) == 1
    words = {found["text"][start:end] for start, end in found["text_marks"]}
    assert words and all("头" in word or "脑" in word for word in words)
    assert [found["title"][start:end] for start, end in found["title_marks"]] == ["头痛"]
    assert found["sections"] == [
        {"heading": one.heading, "start": one.start, "end": one.end} for one in entry.document.sections
    ]
    assert found["published_at"] == "2024-09-12"
    assert len(found["similar"]) == 5


def test_a_version_of_an_id_of_any_characters_has_its_data(few):
    path = f"/api/documents/{to_step(SHY.doc_id)}"
    newest, old = few.get(path).json, few.get(f"{path}/versions/1").json
    assert newest["doc_id"] == old["doc_id"] == SHY.doc_id
    assert (newest["version"], newest["newest"], old["version"], old["newest"]) == (2, True, 1, False)
    assert "旧的一版" in old["text"] and "旧的一版" not in newest["text"]
    assert [one["number"] for one in newest["versions"]] == [1, 2]


@pytest.mark.parametrize("path", ["/api/documents/no-such", "/api/documents/headache/versions/2", "/api/a-z/T", "/api/a-z/头"])
def test_what_is_not_there_is_404_and_says_where_to_look(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/api" in answer.json["error"]["what_to_do"]


def test_letters_and_suggestions_are_those_of_the_page(page, data, client):
    found = data("/api/a-z/t")
    assert found["prefix"] == "t" and "头痛" in found["names"]
    assert all(name in page("/a-z/t").words for name in found["names"])
    assert data("/api/suggest?q=tt") == client.get("/suggest?q=tt").json


def test_about_says_what_the_library_holds(data):
    found = data("/api/about")
    assert found["documents"] == 217 == sum(found["sources"].values())
    assert list(found["rankings"]) == list(rankings())


@pytest.mark.parametrize(
    "address", ["/search?q=头痛&kind=disease", "/documents/headache?q=头", "/a-z/t", "/about", "/search/facets/year?q=头痛"]
)
def test_a_page_leads_to_its_twin(page, client, address):
    (twin,) = [link for link in page(address).links if link.startswith("/api/")]
    assert client.get(twin).is_json


def test_too_many_filters_and_too_long_a_text_are_refused_with_the_limit(client):
    many = client.get("/api/search?q=痛" + "".join(f"&source={i}" for i in range(1000)))
    long = client.get("/api/search?q=" + "痛" * 2001)
    assert (many.status_code, long.status_code) == (400, 400)
    assert "100" in many.json["error"]["message"] and "2,000" in long.json["error"]["message"]


def test_an_empty_question_asks_for_one(client):
    answer = client.get("/api/search")
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == "请写下症状、疾病或药名。"
