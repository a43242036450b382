"""Rankings over a judged set: what each finds, and the table of measures."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from search.evaluation.dataset import Dataset
from search.evaluation.measures import DEPTH, means, per_query
from search.query import Query, ScoredDoc

Rank = Callable[[Query], Sequence[ScoredDoc]]


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
