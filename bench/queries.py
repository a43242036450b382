"""Questions: texts from a file, with the words and the vector that peers are asked with."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.document import Vector, vector
from search.errors import BadQuery
from search.searcher import MAX_QUERY_CHARS
from search.text.analyzer import Analyzer
from search.text.encoders.base import Encoder, Role


@dataclass(frozen=True, slots=True)
class Question:
    """A query's text, its distinct words, and its vector."""

    text: str
    words: tuple[str, ...]
    vector: Vector


class Remembering:
    """An encoder that encodes no query twice: what search costs without the encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self.fingerprint = encoder.fingerprint
        self.dims = encoder.dims
        self._encoder = encoder
        self._known: dict[tuple[str, Role], np.ndarray] = {}

    def encode(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """As the encoder does."""
        for text in texts:
            if (text, role) not in self._known:
                self._known[text, role] = self._encoder.encode([text], role)[0]
        return np.array([self._known[text, role] for text in texts], np.float32).reshape(len(texts), self.dims)


def read_queries(path: Path) -> list[str]:
    """The distinct texts of a .jsonl (`text`) or .tsv (second column, or the only one) file."""
    if not path.is_file():
        raise BadQuery(f"no file of queries {path}")
    texts = (text.strip() for text in _texts(path))
    return list(dict.fromkeys(text for text in texts if 0 < len(text) <= MAX_QUERY_CHARS))


def spread_out(texts: Sequence[str], count: int) -> list[str]:
    """So many of the texts, at even distances: files are often sorted by kind."""
    if len(texts) < count:
        print(f"only {len(texts)} queries, {count} were asked for", file=sys.stderr)
    return [texts[place * len(texts) // count] for place in range(count)] if len(texts) > count else list(texts)


def questions(texts: Sequence[str], analyzer: Analyzer) -> list[Question]:
    """Questions of those texts that hold a word."""
    pairs = ((text, tuple(dict.fromkeys(analyzer.segmenter.words(text)))) for text in texts)
    return [Question(text, words, vector(analyzer.encoder.encode([text], "query")[0])) for text, words in pairs if words]


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            try:
                if line.strip():
                    yield str(json.loads(line)["text"]) if path.suffix == ".jsonl" else line.rstrip("\r\n").split("\t")[:2][-1]
            except (ValueError, KeyError, TypeError) as exc:
                raise BadQuery(f'{path}:{number} is no row like {{"text": ...}}') from exc
