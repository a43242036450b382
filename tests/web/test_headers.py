"""What every answer tells the browser, and what no page may hold."""

import re

import pytest

PATHS = [
    "/",
    "/search?q=头痛&why=1",
    "/search?q=头痛&year=1999",
    "/search/facets/department",
    "/documents/headache?q=头痛",
    "/a-z/t",
]
MORE = ["/about", "/about/disclaimer", "/about/privacy", "/api", "/no-such", "/suggest?q=t", "/search?q=" + "痛" * 3000]


@pytest.mark.parametrize("path", PATHS + MORE)
def test_nothing_from_elsewhere_and_no_address_handed_on(client, path):
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in headers["Cache-Control"]


@pytest.mark.parametrize("path", PATHS + MORE)
def test_no_page_has_inline_style_script_or_a_foreign_address(client, path):
    html = client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_small(client, path):
    assert len(client.get(path).data) <= 60_000


def test_style_and_scripts_are_kept_for_a_year_under_an_address_of_their_own(client):
    for address in re.findall(r'"(/static/[^"]+)"', client.get("/documents/headache").text):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "v=" in address
        assert "max-age=31536000" in answer.headers["Cache-Control"]
