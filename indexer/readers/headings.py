"""Lines that Chinese leaflets, papers and regulations use as headings, known by how they are written alone."""

import re

from indexer.readers.outline import Block

_NO_SENTENCE = r"[^。！？；，!?;,：:]"
_HEADINGS = (  # level, and the heading as group 1; what follows 【】 on its line stands under it
    (1, re.compile(r"【([^】]{1,20})】[：:]?\s*(.*)")),
    (1, re.compile(rf"[一二三四五六七八九十百]{{1,4}}、\s*({_NO_SENTENCE}{{1,20}})[：:]?()")),
    (2, re.compile(rf"[（(][一二三四五六七八九十]{{1,3}}[）)]、?\s*({_NO_SENTENCE}{{1,20}})[：:]?()")),
    (1, re.compile(rf"(第[一二三四五六七八九十百]{{1,5}}[编篇章节](?:\s+{_NO_SENTENCE}{{1,30}})?)()")),
    (1, re.compile(rf"({_NO_SENTENCE}{{1,10}})[：:]()")),
)


def heading(line: str, below: int = 0) -> tuple[Block, Block] | None:
    """A heading and what follows it on its line; None where it is none. `below`: the level under which its levels lie."""
    for level, pattern in _HEADINGS:
        if found := pattern.fullmatch(line):
            return Block(below + level, found[1].strip()), Block(0, found[2])
    return None


def without_number(text: str) -> str:
    """The words of a heading: 一、病因 is 病因, 【病因】 too."""
    found = heading(text)
    return found[0].text if found and not found[1].text else text.rstrip("：:")
