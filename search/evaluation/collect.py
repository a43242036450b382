"""Judged queries as examples for tuning: what each leg says of each candidate."""

import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from search.evaluation.dataset import Dataset
from search.evaluation.tuning import Example
from search.query import Evidence

RIVALS = 25  # of each leg's first documents: those that a judged document must beat
SEED = 1  # of the choice of queries: the same examples at every run


def collect(
    dataset: Dataset, legs: Sequence[str], features: Sequence[str], ask: Callable[[str], Evidence], limit: int
) -> list[Example]:
    """Examples of at most `limit` queries of the set, chosen at random; a query none of whose documents is found is left out."""
    found = ((query_id, ask(dataset.queries[query_id])) for query_id in sample(dataset, limit))
    examples = [
        _example(dataset.name, query_id, dataset.qrels[query_id], legs, features, evidence) for query_id, evidence in found
    ]
    return [example for example in examples if example.gains.any()]


def sample(dataset: Dataset, limit: int) -> list[str]:
    """At most `limit` of the set's query ids, chosen at random and always the same."""
    return random.Random(SEED).sample(sorted(dataset.queries), min(limit, len(dataset.queries)))


def _example(
    name: str, query_id: str, judged: Mapping[str, int], legs: Sequence[str], features: Sequence[str], evidence: Evidence
) -> Example:
    scores = {
        leg: {doc.doc_id: doc.score for doc in found.docs} for leg, found in zip(evidence.legs, evidence.results, strict=True)
    }
    firsts = (doc.doc_id for found in evidence.results for doc in found.docs[:RIVALS])
    candidates = sorted({*firsts, *judged} & set().union(*scores.values()) - {query_id})
    raw = np.array([[scores.get(leg, {}).get(doc_id, np.nan) for leg in legs] for doc_id in candidates], float)
    gains = np.array([judged.get(doc_id, 0) for doc_id in candidates], float)
    sizes = dict(zip(evidence.legs, evidence.sizes, strict=True))
    terms = np.array([sizes.get(leg, 1) for leg in legs], float)
    return Example(name, raw.reshape(-1, len(legs)), gains, np.array([evidence.features[name] for name in features]), terms)
