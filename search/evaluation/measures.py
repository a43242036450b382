"""Measures of a run against judgements, by ir_measures (MacAvaney et al., ECIR 2022)."""

from collections.abc import Mapping, Sequence

import ir_measures

from search.query import ScoredDoc

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[ScoredDoc]]

MEASURES = ("nDCG@10", "RR@10", "R@100", "Success@1", "Success@10", "Judged@10")
DEPTH = 100


def per_query(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Measure -> query id -> value; a judged query that the run lacks counts as 0."""
    names = {ir_measures.parse_measure(name): name for name in MEASURES}
    table = {name: dict.fromkeys(qrels, 0.0) for name in MEASURES}
    scored = {query_id: _by_rank(docs) for query_id, docs in run.items() if docs}
    plain = {query_id: dict(documents) for query_id, documents in qrels.items()}
    for metric in ir_measures.iter_calc(list(names), plain, scored):
        table[names[metric.measure]][metric.query_id] = metric.value
    return table


def means(table: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Measure -> mean over the queries."""
    return {name: sum(values.values()) / max(1, len(values)) for name, values in table.items()}


def _by_rank(docs: Sequence[ScoredDoc]) -> dict[str, float]:
    """Scores that fall by one a rank: the order of the list decides, and the measuring tool's own tie rule never does."""
    return {doc.doc_id: float(len(docs) - rank) for rank, doc in enumerate(docs)}
