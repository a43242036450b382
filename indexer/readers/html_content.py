"""Of all lines of a page those that are its text: without menus, links to other pages, notices and what surrounds them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from indexer.readers.html_lines import BOLD_LEVEL, Line, names_of
from indexer.readers.html_notices import announces_other_pages, is_notice, without_button

MAIN_SHARE = 0.9  # of the characters: the innermost element that holds so many is the body of text
NAMED_SHARE = 0.5  # of the running text: an element that holds more is no side bar, whatever it is called
LISTED_SHARE = 0.3  # likewise of what stands under 相关文章
MAX_LINKED = 0.5  # of a line's characters: one with more is a link to another page
ENOUGH_PROSE = 100  # characters of running text with which a page needs no teasers, and what is hidden is folded text
MIN_PROSE = 20  # characters of running text, teasers included, without which a page with links is a menu

_APART = frozenset(("nav", "footer"))
_ROLES = frozenset(("navigation", "contentinfo", "complementary", "search", "dialog", "alert", "menu", "menubar", "toolbar"))
_NAMES = {  # words in class names and ids; lists of links need none, links being no text
    "places": "nav navbar navigation breadcrumb breadcrumbs crumb crumbs pager pagination paging toolbar tags",
    "edges": "footer copyright sidebar sider side aside friendlink flink",
    "other pages": "related relate recommend rank ranking",
    "readers": "comment comments share sharing bdshare social login signin register search searchbox qrcode",
    "advertisements": "ad ads adv advert advertisement banner sponsor popup modal dialog",
}
_EFFECTS = frozenset(("effect", "effects"))  # side-effects stand at no side
_SURROUNDING = frozenset(name for names in _NAMES.values() for name in names.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_PROSE = re.compile(r"[，。；！？…]|[,;.!?]\s|\.{3}")
_LABEL = re.compile(r"【([^】]{1,10})】|([^：:\s]{2,10})\s?[：:]")


def content(lines: Sequence[Line]) -> list[Line]:
    """The lines of the page's own text in their order; none where it holds nothing but links and notices."""
    own = [line._replace(text=without_button(line.text)) for line in lines if not is_notice(line.text)]
    if not any(line.linked or line.card for line in lines):
        return own
    own = _without_lists_of_pages(_without_surroundings(own))
    for accepts, least in ((_is_text, ENOUGH_PROSE), (_is_text_or_teaser, MIN_PROSE)):
        chosen = [line for line in own if accepts(line)]
        if sum(map(_prose, chosen)) >= least:
            return _main(chosen)
    return []


def _prose(line: Line) -> int:
    """Characters of running text: short names beside each other are none."""
    return len(line.text) - line.linked if _PROSE.search(line.text) else 0


def _is_text(line: Line) -> bool:
    """Not merely a link; 症状：头痛 发热 is text, though every symptom leads to its page."""
    if line.card:
        return False
    if line.linked <= MAX_LINKED * len(line.text):
        return True
    if not (label := _LABEL.match(line.text)):
        return False
    return line.linked <= len(line.text) - label.end() + 1 and not announces_other_pages(label[1] or label[2])


def _is_text_or_teaser(line: Line) -> bool:
    return line.card or _is_text(line)


def _weights(lines: Iterable[Line], weight: Callable[[Line], int]) -> Counter[HtmlElement]:
    """What each element's lines weigh together."""
    total: Counter[HtmlElement] = Counter()
    for line in lines:
        if weighs := weight(line):
            for element in _around(line):
                total[element] += weighs
    return total


def _around(line: Line) -> Iterator[HtmlElement]:
    yield line.element
    yield from line.element.iterancestors()


def _without_surroundings(lines: Sequence[Line]) -> list[Line]:
    """Without what is marked as menu, foot, side bar and the like, and without what is hidden."""
    prose = _weights(lines, _prose)
    total = max(prose.values(), default=0)
    judged: dict[HtmlElement, bool] = {}
    kept = []
    for line in lines:
        for element in _around(line):
            if element not in judged:
                judged[element] = _surrounds(element, prose[element], total)
        if not any(judged[element] for element in _around(line)):
            kept.append(line)
    return kept


def _surrounds(element: HtmlElement, prose: int, total: int) -> bool:
    if prose > NAMED_SHARE * total or element.tag in ("body", "html", "article", "main"):
        return False
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
        return prose < ENOUGH_PROSE
    if element.tag in _APART or element.get("role") in _ROLES:
        return True
    if element.tag in ("header", "aside") and next(element.iterancestors("article"), None) is None:
        return element.find(".//h1") is None
    names = names_of(element)
    return not _SURROUNDING.isdisjoint(names) and _EFFECTS.isdisjoint(names)


def _without_lists_of_pages(lines: Sequence[Line]) -> list[Line]:
    """Without 相关文章 and what stands under it, unless that is too much of the text to be a list of other pages."""
    total = sum(map(_prose, lines))
    kept: list[Line] = []
    place = 0
    while place < len(lines):
        if not announces_other_pages(lines[place].text):
            kept.append(lines[place])
            place += 1
            continue
        under = _under(lines, place)
        place += 1 + (len(under) if sum(map(_prose, under)) <= LISTED_SHARE * total else 0)
    return kept


def _under(lines: Sequence[Line], place: int) -> Sequence[Line]:
    """What stands under a heading: until the next one of its level, or the end of the element around it and the next line."""
    heading = lines[place]
    if place + 1 == len(lines):
        return ()
    scope = _common(heading, lines[place + 1])
    end = place + 1
    while end < len(lines) and scope in _around(lines[end]) and not 0 < lines[end].level <= (heading.level or BOLD_LEVEL):
        end += 1
    return lines[place + 1 : end]


def _common(one: Line, other: Line) -> HtmlElement:
    """The innermost element around both."""
    around = set(_around(other))
    return next(element for element in _around(one) if element in around)


def _main(lines: Sequence[Line]) -> list[Line]:
    """The lines of the innermost container of nearly all, and of what lies between it and the page's main heading."""
    weights = _weights(lines, lambda line: len(line.text) - line.linked)
    total = max(weights.values())
    main = next(element for element in weights if weights[element] == total)
    holders = {line.element for line in lines}
    while (inner := next((child for child in main if weights[child] >= MAIN_SHARE * total), None)) is not None:
        if inner in holders:  # a paragraph, to which others belong
            break
        main = inner
    first = next((line for line in lines if line.level == 1), None)
    if first:
        around = set(_around(first))
        shared = next(element for element in (main, *main.iterancestors()) if element in around)
        main = main if shared.tag in ("body", "html") else shared
    return [line for line in lines if line is first or main in _around(line)]
