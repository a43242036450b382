"""Re-derive the whole corpus into a fresh generation, then swap: readers never see a half-made index."""

from collections.abc import Callable

from indexer.batches import batched
from indexer.pipeline import Pipeline
from search.engine.base import Engine

BATCH = 256


def rebuild(engine: Engine, pipeline: Pipeline, progress: Callable[[int], None] = lambda done: None) -> None:
    """Derive every entry with the pipeline's models; what is written meanwhile is derived before the swap."""
    with engine.rebuild(pipeline.models, pipeline.rederive) as fresh:
        for entries in batched(engine.scan(), BATCH):
            fresh.index(pipeline.rederive(entries))
            progress(len(entries))
