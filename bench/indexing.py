"""`python -m indexer load` with nothing encoded before, against the encoder alone on the same texts."""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.child import environ
from bench.report import Row, Table
from bench.timing import Spread
from search.document import Document
from search.errors import SearchError
from search.settings import Settings
from search.text.encoders.base import Encoder
from search.text.passages import encoded_spans, encoded_texts

TAKEN_IN = re.compile(r"读入 ([\d,]+) 篇，每秒 ([\d.]+) 篇")  # the loader's last line of progress: from the first document on


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds of one load: from the first document to the last, and from the command's start to its end."""

    taking_in: float
    whole: float


def indexing_table(documents: Sequence[Document], settings: Settings, encoder: Encoder, rounds: int) -> Table:
    """Documents and passages a second of the encoder, of taking in, and of the whole command; A B A B."""
    spans = {document.doc_id: encoded_spans(document) for document in documents}
    texts = list(dict.fromkeys(text for each in documents for text in encoded_texts(each, spans[each.doc_id])))
    bare = getattr(encoder, "_encoder", encoder)  # beneath the cache of vectors
    bare.encode(texts[:8], "passage")
    seconds: dict[str, list[float]] = {name: [] for name in ("the encoder alone", "load, taking in", "load, whole command")}
    for _ in range(rounds):
        started = time.perf_counter()
        bare.encode(texts, "passage")
        load = load_afresh(documents, settings)
        for name, value in zip(seconds, (load.whole, load.taking_in, load.whole), strict=True):
            seconds[name].append(value)
        seconds["the encoder alone"][-1] = time.perf_counter() - started - load.whole
    passages = sum(map(len, spans.values()))
    notes = (
        f"{len(documents):,} documents, {passages:,} passages, {len(texts):,} texts encoded (titles too); no vector was known",
        "taking in: read, derive, encode, write",
        "the whole command adds start-up, fitting and rebuilding, which weigh more in a small sample",
    )
    return Table("Indexing", ("documents/s", "passages/s"), _rows(seconds, len(documents), passages), notes)


def _rows(seconds: dict[str, list[float]], documents: int, passages: int) -> tuple[Row, ...]:
    alone = seconds["the encoder alone"]
    return tuple(
        Row(
            name,
            tuple(Spread.of([count / value for value in values]) for count in (documents, passages)),
            "the encoder alone",
            Spread.of([other / own for own, other in zip(values, alone, strict=True)]) if values is not alone else None,
        )
        for name, values in seconds.items()
    )


def load_afresh(documents: Sequence[Document], settings: Settings) -> Load:
    """Load into an empty index, with an empty cache; only the encoder's files are those of the checkout."""
    folder = settings.var / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="load-", dir=folder) as name:
        var = Path(name)
        rows = var / "documents.jsonl"
        rows.write_text("".join(json.dumps(each.to_dict(), ensure_ascii=False) + "\n" for each in documents), "utf-8")
        (var / "models").mkdir()
        (var / "models" / "bert").symlink_to((settings.var / "models" / "bert").resolve())
        return _load(rows, replace(settings, var=var, engine=""))


def _load(rows: Path, settings: Settings) -> Load:
    command = [sys.executable, "-m", "indexer", "load", "--json", str(rows)]
    started = time.perf_counter()
    child = subprocess.run(command, env=environ(settings), capture_output=True, text=True, check=False)
    whole = time.perf_counter() - started
    told = TAKEN_IN.findall(child.stderr)
    if child.returncode or not told:
        raise SearchError(f"{' '.join(command)} failed ({child.returncode}): {child.stderr[-500:]}")
    count, rate = told[-1]
    return Load(int(count.replace(",", "")) / float(rate), whole)
