"""Rankings over a judged set: the index of its corpus is made once, by the indexer's own command, and kept by content."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from search.errors import SearchError
from search.evaluation.dataset import Dataset
from search.evaluation.measures import DEPTH, means, per_query
from search.query import Query, ScoredDoc
from search.settings import PREFIX, Settings

log = logging.getLogger(__name__)

Rank = Callable[[Query], Sequence[ScoredDoc]]


def index_settings(dataset: Dataset, settings: Settings, text_fingerprint: str) -> Settings:
    """The settings under which the set's corpus is indexed and searched: an embedded engine under var/evaluate.

    Named by the corpus and by what cuts it: another lexicon is another index, and vectors come from the cache.
    """
    return replace(settings, engine=f"embedded:{settings.var / 'evaluate' / f'{dataset.digest}-{text_fingerprint}'}")


def load_corpus(dataset: Dataset, settings: Settings) -> None:
    """Index the corpus unless it has been; a child process, since searching imports no indexing. Interrupted, it resumes."""
    done = Path(settings.engine_url.removeprefix("embedded:")) / "loaded"
    if done.is_file():
        return
    command = [sys.executable, "-m", "indexer", "load", "--json", str(dataset.corpus)]
    environ = {**os.environ, f"{PREFIX}ENGINE": settings.engine_url, f"{PREFIX}VAR": str(settings.var)}
    print(f"为 {dataset.name} 的语料建立索引（只做一次）…", file=sys.stderr)
    child = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if child.returncode not in (0, 1) or not child.stdout:
        raise SearchError(f"建立索引失败：{' '.join(command)}（返回 {child.returncode}）")
    log.info("loaded %s: %s", dataset.name, child.stdout.strip())
    done.write_text(child.stdout, encoding="utf-8")


def run_of(queries: Mapping[str, str], rank: Rank) -> dict[str, list[ScoredDoc]]:
    """Query id -> the ranking's first documents; a document whose id equals the query's is left out."""
    run = {}
    for query_id, text in queries.items():
        docs = rank(Query(text, limit=DEPTH + 1))
        run[query_id] = [doc for doc in docs if doc.doc_id != query_id][:DEPTH]
    return run


def evaluate(dataset: Dataset, ranks: Mapping[str, Rank]) -> dict[str, Any]:
    """The set's table, a row a ranking, as `python -m search evaluate --json` prints it."""
    qrels: Mapping[str, Mapping[str, int]] = {query_id: dataset.qrels[query_id] for query_id in dataset.queries}
    table = {name: means(per_query(qrels, run_of(dataset.queries, rank))) for name, rank in ranks.items()}
    rounded = {name: {measure: round(value, 4) for measure, value in row.items()} for name, row in table.items()}
    return {"set": dataset.name, "split": dataset.split, "queries": len(qrels), "rankings": rounded}
