"""The style sheet and the scripts: contrast, size, nothing from elsewhere."""

import re

import pytest

from tests.conftest import ROOT

STATIC = ROOT / "web/static"
CSS = (STATIC / "xinglin.css").read_text(encoding="utf-8")
# ink on ground, and the least contrast that WCAG 2.2 asks for: 4.5 for text, 3 for borders of controls.
PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "muted", "accent", "visited") for ground in ("bg", "surface", "sunken")),
    ("on-accent", "accent", 4.5),
    ("ink", "mark", 4.5),
    ("ink", "info-bg", 4.5),
    ("accent", "info-bg", 4.5),
    ("ctl", "bg", 3),
    ("ctl", "surface", 3),
]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


LIGHT = tokens(CSS[CSS.index(":root {") :].split("}")[0])
DARK = tokens(CSS[CSS.index(':root[data-theme="dark"] {') :].split("}")[0])
BY_SYSTEM = tokens(CSS[CSS.index(':root:not([data-theme="light"]) {') :].split("}")[0])


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(char * 2 for char in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_text_can_be_read_on_its_ground(theme, ink, ground, least):
    lighter, darker = sorted((luminance(theme[ink]), luminance(theme[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_both_ways_into_the_dark_give_the_same_colours():
    assert BY_SYSTEM == DARK
    assert set(LIGHT) == set(DARK)


def test_every_colour_that_is_used_is_a_token():
    assert set(re.findall(r"var\(--([a-z-]+)\)", CSS)) <= set(LIGHT)


def test_the_style_sheet_is_small_and_brings_nothing_from_elsewhere():
    assert len(CSS.encode()) <= 25_000
    assert not re.search(r"url\(|@import|line-through", CSS)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_are_short_and_make_no_markup_of_strings(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://|\.style\b", text)
