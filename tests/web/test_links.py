"""No dead link: every page that can be reached from the first one is there, and so is every place that a link points at."""

from collections import deque
from urllib.parse import urlsplit

from tests.web.conftest import Page

MOST = 150
A_KIND = 15  # pages of one kind (its first part of a path)


def test_every_link_leads_somewhere(client):
    waiting, seen, kinds, pages = deque(["/", "/?lang=en"]), set(), {}, {}
    while waiting and len(pages) < MOST:
        address = waiting.popleft()
        kind = urlsplit(address).path.split("/")[1]
        if kinds.setdefault(kind, 0) >= A_KIND:
            continue
        kinds[kind] += 1
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.mimetype != "text/html":
            continue
        pages[address] = Page(answer.text)
        for link in pages[address].links:
            target, _, anchor = link.partition("#")
            assert not anchor or target or anchor in pages[address].ids, (address, link)
            if target.startswith("/") and target not in seen:
                seen.add(target)
                waiting.append(target)
    assert {"search", "documents", "a-z", "about", "api"} <= set(kinds)
    assert sum(kinds.values()) > 50
