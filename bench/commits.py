"""One document at a time: how long until it is stored and found, here and in another process."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.child import Dialogue, dialogue
from bench.report import Table, latency_rows
from bench.timing import Series, in_turns
from indexer.ingest import ingest_document
from indexer.pipeline import Pipeline
from search.corpus_index import index_folder
from search.document import Document
from search.engine.base import Engine
from search.settings import Settings

COMMITS = 50  # documents a round
WARM_UP = 5
EMBEDDED, ELASTIC = "commit and refresh", "commit and refresh on Elasticsearch"
SEEN = "commit begun until another process finds it"


@contextmanager
def copied(settings: Settings) -> Iterator[Settings]:
    """Settings of a copy of the index on the same disk, for writing into; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="commits-", dir=settings.var / "bench") as folder:
        copy = Path(folder) / "index"
        shutil.copytree(index_folder(settings), copy)
        yield replace(settings, engine=f"embedded:{copy}")


def commits_table(
    engines: Mapping[str, Engine], pipeline: Pipeline, documents: Sequence[Document], settings: Settings, rounds: int
) -> Table:
    """Commits into each engine in turns; then into the embedded one while a reader of these settings watches."""
    tasks = {name: lambda document, engine=engine: commit(engine, pipeline, document) for name, engine in engines.items()}
    for task in tasks.values():
        for document in _fresh(documents, WARM_UP):
            task(document)
    found = in_turns(tasks, _fresh(documents, COMMITS), 1)
    for _ in range(rounds - 1):  # every round has documents of its own: a known one would be left alone
        for name, series in in_turns(tasks, _fresh(documents, COMMITS), 1).items():
            found[name].rounds.extend(series.rounds)
    found[SEEN] = seen(engines[EMBEDDED], pipeline, documents, settings, rounds)
    notes = (
        f"{COMMITS} documents a round, one at a time, their vectors known; ingest_document, then refresh; into a copy of the index",
        "the other process looks again a millisecond after each look that found nothing",
    )
    return Table("Commit of one document", ("p50 ms", "p95 ms"), latency_rows(found, {EMBEDDED: ELASTIC}), notes)


def commit(engine: Engine, pipeline: Pipeline, document: Document) -> None:
    """Store one document, and make it visible."""
    ingest_document(document, engine, pipeline)
    engine.refresh()


def seen(engine: Engine, pipeline: Pipeline, documents: Sequence[Document], settings: Settings, rounds: int) -> Series:
    """Milliseconds from the start of a commit until a reader in another process finds the document."""
    series = Series()
    with dialogue(["bench.reader"], settings) as reader:
        for number in range(rounds + 1):
            times = [
                _seen(engine, pipeline, document, reader) for document in _fresh(documents, COMMITS if number else WARM_UP)
            ]
            series.rounds.extend([times] if number else [])
    return series


def _seen(engine: Engine, pipeline: Pipeline, document: Document, reader: Dialogue) -> float:
    reader.tell(document.source)
    reader.hear()  # it is looking
    started = time.perf_counter()
    commit(engine, pipeline, document)
    return (float(reader.hear()) - started) * 1000


def _fresh(documents: Sequence[Document], count: int) -> list[Document]:
    """Documents under ids and sources that no index knows; their texts are known, so nothing is encoded."""
    stamp = time.time_ns()
    names = [f"bench-{stamp}-{number}" for number in range(count)]
    return [replace(documents[i % len(documents)], doc_id=name, source=name) for i, name in enumerate(names)]
