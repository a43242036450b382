"""Rankings over a judged set: what each finds, and the table of measures."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

from search.document import IndexEntry
from search.errors import BadQuery
from search.evaluation.dataset import Dataset
from search.evaluation.measures import DEPTH, Qrels, means, per_query
from search.query import Query, ScoredDoc

FETCHED = 500  # pages at a time: only their ids are looked at

Rank = Callable[[Query], Sequence[ScoredDoc]]


def run_of(
    queries: Mapping[str, str], qrels: Qrels, rank: Rank, refused: MutableMapping[str, str]
) -> dict[str, list[ScoredDoc]]:
    """Query id -> the ranking's first documents; `refused` learns why a query could not be asked: it finds nothing.

    A document whose id is the query's is the query itself, and left out, unless it is judged for it: ids may be mere numbers.
    """
    run = {}
    for query_id, text in queries.items():
        try:
            docs = rank(Query(text, limit=DEPTH + 1))
        except BadQuery as exc:
            docs, refused[query_id] = [], str(exc)
        run[query_id] = [doc for doc in docs if doc.doc_id != query_id or query_id in qrels[query_id]][:DEPTH]
    return run


def evaluate(dataset: Dataset, ranks: Mapping[str, Rank]) -> dict[str, Any]:
    """The set's table, a row a ranking, as `python -m search evaluate --json` prints it."""
    qrels = {query_id: dataset.qrels[query_id] for query_id in dataset.queries}
    refused: dict[str, str] = {}
    table = {name: means(per_query(qrels, run_of(dataset.queries, qrels, rank, refused))) for name, rank in ranks.items()}
    rounded = {name: {measure: round(value, 4) for measure, value in row.items()} for name, row in table.items()}
    return {"set": dataset.name, "split": dataset.split, "queries": len(qrels), "refused": refused, "rankings": rounded}


def absent_pages(dataset: Dataset, fetch: Callable[[Sequence[str]], Sequence[IndexEntry]]) -> list[str]:
    """The documents judged relevant that the index lacks, by id; BadQuery where it has none of them."""
    judged = sorted({doc_id for query_id in dataset.queries for doc_id, grade in dataset.qrels[query_id].items() if grade > 0})
    batches = (judged[start : start + FETCHED] for start in range(0, len(judged), FETCHED))
    there = {entry.doc_id for batch in batches for entry in fetch(batch)}
    if judged and not there:
        raise BadQuery(f"评判为相关的 {len(judged):,} 篇没有一篇在语料里，例如 {judged[0]}；请核对 qrels 与语料的编号")
    return [doc_id for doc_id in judged if doc_id not in there]
