"""Documents into an engine: what is unchanged is left alone, what is new or changed becomes an entry and a version.

Versions are written before entries, and the check reads entries: a crash in between heals when the same document comes again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from indexer.pipeline import Pipeline, Plan
from search.document import Document, IndexEntry, Version
from search.engine.base import Engine
from search.errors import BadDocument, DocumentNotFound, MappingMismatch, VersionConflict

log = logging.getLogger(__name__)

ATTEMPTS = 5  # a batch; each failure means that another process got something done in between

State = Literal["new", "changed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document; the reason of a refusal."""

    doc_id: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch on its way: what is decided about it, and what is to be written."""

    outcomes: list[Outcome]
    plans: list[Plan]


def ingest_document(document: Document, engine: Engine, pipeline: Pipeline) -> Outcome:
    """Take in one document; a refusal is raised as BadDocument."""
    (outcome,) = (one for batch in ingest([[document]], engine, lambda: pipeline) for one in batch)
    if outcome.state == "refused":
        raise BadDocument(outcome.reason)
    return outcome


def ingest(
    batches: Iterable[Sequence[Document]], engine: Engine, open_pipeline: Callable[[], Pipeline]
) -> Iterator[list[Outcome]]:
    """Take in batches of documents; a batch's outcomes come when it is stored (acknowledged).

    The pipeline is opened at once, before anything is asked for. While one batch is encoded, the one before it is written: the
    engine's work hides behind the encoder's. Where another process swapped the generation or wrote the same documents
    meanwhile, the pipeline is opened again and the batch is derived anew.
    """
    return _ingest(batches, engine, open_pipeline(), open_pipeline)


def _ingest(
    batches: Iterable[Sequence[Document]], engine: Engine, pipeline: Pipeline, open_pipeline: Callable[[], Pipeline]
) -> Iterator[list[Outcome]]:
    with ThreadPoolExecutor(1, "ingest-write") as writer:
        pending: Future[list[Outcome]] | None = None
        before: Sequence[Document] = ()
        for documents in batches:
            if pending and not {one.doc_id for one in before}.isdisjoint(one.doc_id for one in documents):
                outcomes, pipeline = _settled(pending, before, engine, pipeline, open_pipeline)  # it decides what is new here
                pending = None
                yield outcomes
            batch = _plan(documents, engine, pipeline)
            entries = pipeline.build_entries(batch.plans)
            if pending:
                outcomes, pipeline = _settled(pending, before, engine, pipeline, open_pipeline)
                yield outcomes
            pending, before = writer.submit(_write, engine, batch, entries), documents
        if pending:
            yield _settled(pending, before, engine, pipeline, open_pipeline)[0]


def _settled(
    pending: "Future[list[Outcome]]",
    documents: Sequence[Document],
    engine: Engine,
    pipeline: Pipeline,
    open_pipeline: Callable[[], Pipeline],
) -> tuple[list[Outcome], Pipeline]:
    """The outcomes of a batch and the pipeline to go on with, after as many attempts as others' writes make needful."""
    attempt = pending.result
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt(), pipeline
        except (MappingMismatch, VersionConflict) as exc:
            log.info("deriving a batch anew: %s", exc)
            pipeline = open_pipeline()
            attempt = partial(_take_in, documents, engine, pipeline)
    return attempt(), pipeline


def _take_in(documents: Sequence[Document], engine: Engine, pipeline: Pipeline) -> list[Outcome]:
    batch = _plan(documents, engine, pipeline)
    return _write(engine, batch, pipeline.build_entries(batch.plans))


def _plan(documents: Sequence[Document], engine: Engine, pipeline: Pipeline) -> _Batch:
    stored = {entry.doc_id: entry for entry in engine.fetch([document.doc_id for document in documents])}
    batch = _Batch([], [])
    for document in documents:
        entry = stored.get(document.doc_id)
        outcome = _judge(document, entry, pipeline)
        batch.outcomes.append(outcome)
        if outcome.state in ("new", "changed"):
            batch.plans.append(Plan(document, _number(document, entry, engine), entry))
    return batch


def _judge(document: Document, entry: IndexEntry | None, pipeline: Pipeline) -> Outcome:
    if entry is None:
        return Outcome(document.doc_id, "new")
    if entry.document.source != document.source:
        reason = f"编号 {document.doc_id} 已属于来源“{entry.document.source}”；请用 load --prefix 名字 另起编号"
        return Outcome(document.doc_id, "refused", reason)
    same = replace(document, captured_at=entry.document.captured_at) == entry.document
    return Outcome(document.doc_id, "unchanged" if same and entry.models == pipeline.models else "changed")


def _number(document: Document, entry: IndexEntry | None, engine: Engine) -> int:
    """The number of the document's version: the last one's where the text is the same, else the next."""
    if entry and entry.document.digest == document.digest:
        return entry.version
    try:
        last = engine.versions(document.doc_id)[-1]
    except DocumentNotFound:
        return 1
    return last.number if last.digest == document.digest else last.number + 1


def _write(engine: Engine, batch: _Batch, entries: Sequence[IndexEntry]) -> list[Outcome]:
    if entries:
        engine.append([Version.of(entry.document, entry.version) for entry in entries])
        engine.index(entries)
    return batch.outcomes
