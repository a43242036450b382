"""Names of hospital departments -> paths (神经科 -> 内科/神经内科), by the list beside this module."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("departments.txt")

_SEPARATOR = re.compile(r"[\s、，,；;/／|>＞→·]+|(?<=科)(?=[^科室学（(]{1,9}科)")  # two names may stand together: 内科呼吸科
_UNKNOWN = re.compile(r"[\u4e00-\u9fff]{1,11}科")  # a department that the list does not have


@cache
def listed() -> dict[str, str]:
    """Every name that the list knows -> its path."""
    known: dict[str, str] = {}
    for line in LIST.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            path, *others = line.split(" ")
            known |= dict.fromkeys((path.rpartition("/")[2], *others), path)
    return known


def paths(text: str) -> tuple[str, ...]:
    """The departments that a text lists, as paths; what is no department is left out, as is a path that another goes on from."""
    return deepest(filter(None, map(_path, _SEPARATOR.split(text))))


def deepest(found: Iterable[str]) -> tuple[str, ...]:
    """Each path once, without those that others go on from: 内科 beside 内科/神经内科 says nothing more."""
    unique = tuple(dict.fromkeys(found))
    return tuple(path for path in unique if not any(other.startswith(f"{path}/") for other in unique))


def _path(name: str) -> str:
    return listed().get(name) or (name if _UNKNOWN.fullmatch(name) else "")
