"""The description of the API: whole, true to the code, and what the page for people is made of."""

import re
from urllib.parse import unquote

from search.query import FIELDS
from web.params import NOT, parse


def described(client, lang="zh"):
    return client.get(f"/api/openapi.json?lang={lang}").json


def test_every_address_under_api_is_described_but_the_description_itself(app, client):
    paths = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
    }
    assert set(described(client)["paths"]) == paths - {"/api/openapi.json"}


def test_every_parameter_that_is_described_is_known(client):
    (get,) = described(client)["paths"]["/api/search"].values()
    names = [one["name"] for one in get["parameters"]]
    assert set(FIELDS) | {NOT + name for name in FIELDS} < set(names)
    assert parse({name: ["1"] for name in names if name not in ("ranking", "sort")}).unknown == ()


def test_every_example_is_answered_as_described(client):
    for item in described(client)["paths"].values():
        assert item["get"]["summary"] and "200" in item["get"]["responses"]
    page = client.get("/api").text
    links = re.findall(r'href="(/api/[^"]+)"', page)
    assert len(links) > len(described(client)["paths"])
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, unquote(link)


def test_the_page_shows_a_command_for_every_address(client, page):
    shown = page("/api")
    for path in described(client)["paths"]:
        assert f"GET {path}" in shown.words
    assert shown.words.count("curl 'http://localhost/api/") == len(described(client)["paths"])
    assert "429" in shown.words and "engine_unavailable" in shown.words


def test_the_description_speaks_both_languages(client):
    chinese, english = described(client), described(client, "en")
    assert chinese["paths"].keys() == english["paths"].keys()
    for path, item in english["paths"].items():
        assert item["get"]["summary"].isascii()
        assert item["get"]["summary"] != chinese["paths"][path]["get"]["summary"]


def test_every_type_that_is_named_is_there(client):
    text = client.get("/api/openapi.json").text
    whole = described(client)
    for kind, name in re.findall(r'"#/components/(\w+)/(\w+)"', text):
        assert name in whole["components"][kind]
    assert "integer" in str(whole["components"]["schemas"]["HitRow"]["properties"]["rank"])
