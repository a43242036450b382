"""Light or dark: a signed form that leads back."""

import re

import pytest

from web.pages.appearance import own


def send(client, **values):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/about/privacy").text)[1]
    return client.post("/appearance", data={"csrf_token": token, **values})


def test_a_choice_leads_back_and_is_remembered(client):
    answer = send(client, theme="dark", next="/search?q=%E5%A4%B4%E7%97%9B")
    assert (answer.status_code, answer.location) == (303, "/search?q=%E5%A4%B4%E7%97%9B")
    assert 'data-theme="dark"' in client.get("/about/privacy").text


def test_shortcuts_can_be_turned_off(client):
    assert "keys.js" in client.get("/about/privacy").text
    send(client, keys="off")
    assert "keys.js" not in client.get("/about/privacy").text


def test_nonsense_is_not_remembered(client):
    send(client, theme='"><script>', keys="x")
    client.set_cookie("theme", '"><script>')
    assert 'data-theme="auto"' in client.get("/about/privacy").text


def test_a_form_that_this_site_did_not_sign_is_refused(client):
    answer = client.post("/appearance", data={"theme": "dark"})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers or "theme" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "", "/\n/evil", "/ /x", "javascript:1", "/a\\b"],
)
def test_no_form_leads_to_another_site(client, address):
    assert own(address) == "/"
    assert send(client, theme="light", next=address).location == "/"
