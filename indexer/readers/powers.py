"""Raised characters in plain text: without them 10<sup>9</sup>/L would be 109/L."""

import re

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_POWER = re.compile(r"[-+−]?\d{1,3}|[-+−]")
_REFERENCE = re.compile(r"[\[［〔][\d,，\s~～–—-]{1,20}[\]］〕]")


def raised(text: str) -> str:
    """A raised stretch as it stands in a line: a power in raised characters, the number of a reference not at all."""
    stripped = text.strip()
    if _REFERENCE.fullmatch(stripped):
        return ""
    return stripped.translate(_RAISED) if _POWER.fullmatch(stripped) else text
