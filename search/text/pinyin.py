"""Pinyin: how names are sorted, and found by a latin keyboard."""

import re

from pypinyin import Style, lazy_pinyin

from search.text.normalize import fold

_KEEP = re.compile(r"[^a-z0-9]")


def sort_key(title: str) -> str:
    """Pinyin with tones, syllable by syllable, so that titles sort as a Chinese dictionary does; letters and digits as they are."""
    return " ".join(lazy_pinyin(fold(title), style=Style.TONE3, neutral_tone_with_five=True)).lower()


def spellings(name: str) -> tuple[str, ...]:
    """The folded name, its full pinyin and its initials, each once: 头痛 -> 头痛, toutong, tt."""
    folded = fold(name)
    syllables = lazy_pinyin(folded, errors=list)  # type: ignore[arg-type]  # what has no pinyin: character by character
    full = _KEEP.sub("", "".join(syllables).lower())
    initials = _KEEP.sub("", "".join(syllable[0] for syllable in syllables if syllable).lower())
    return tuple(dict.fromkeys(key for key in (folded, full, initials) if key))
