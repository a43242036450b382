"""A document's id as one step of an address, whatever it holds: slashes, dots, question marks."""

import re

from werkzeug.routing import BaseConverter, ValidationError

_PLAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*")  # letters and digits of any script; never a step like ..
_OTHER = re.compile(r"[^\w-]")
_ESCAPED = re.compile(r"(?:~[0-9A-F]{2})+")


def to_step(doc_id: str) -> str:
    """The id with everything but letters, digits, - and _ as ~ and two hexadecimal digits a byte; dots stay between words."""
    if _PLAIN.fullmatch(doc_id):
        return doc_id
    return _OTHER.sub(lambda match: "".join(f"~{byte:02X}" for byte in match[0].encode(errors="replace")), doc_id)


def from_step(step: str) -> str:
    """The inverse of `to_step`. ValueError where no id is written so."""
    doc_id = _ESCAPED.sub(lambda match: bytes.fromhex(match[0].replace("~", "")).decode(), step)
    if to_step(doc_id) != step:
        raise ValueError(f"{step!r} is not how an id is written")
    return doc_id


class DocumentId(BaseConverter):
    """For routes: <document:doc_id>."""

    def to_python(self, value: str) -> str:
        """The id; no match where nothing is written so."""
        try:
            return from_step(value)
        except ValueError as exc:
            raise ValidationError from exc

    def to_url(self, value: str) -> str:
        """The step, percent-encoded where it is not ASCII."""
        return super().to_url(to_step(value))
