"""What a title looks like, and the one to take where there is none."""

import re

from search.errors import BadDocument

MAX_TITLE_LINE = 40  # characters: a longer first line is the text itself
MAX_BORROWED = 60  # characters of a first sentence that stands in for a title

_SENTENCE = re.compile(r".*?(?:[。！？!?…]|[；;]|\.(?=\s)|$)")
_NO_TITLE = re.compile(r"[。！？；!;…]|[，、：,:]$|\.\s|^\d+[.、)）]|^[-*•·]\s")


def looks_like_title(line: str) -> bool:
    """Is a first line short, and no sentence, list item or lead-in?"""
    return 0 < len(line) <= MAX_TITLE_LINE and not _NO_TITLE.search(line)


def first_sentence(text: str) -> str:
    """The first sentence, at most MAX_BORROWED characters, without its full stop; empty where there is only white space."""
    stripped = text.lstrip()
    line = stripped[: stripped.find("\n")] if "\n" in stripped else stripped
    found = _SENTENCE.match(line[: MAX_BORROWED + 1])
    sentence = found.group() if found else ""
    return sentence[:MAX_BORROWED].rstrip(" \t\u3000。；;") or line[:MAX_BORROWED].strip()


def titled(title: str, text: str) -> str:
    """The title, or the first sentence where there is none. BadDocument where both are empty."""
    if not (chosen := title or first_sentence(text)):
        raise BadDocument("既没有标题（title），也没有正文（text）")
    return chosen
