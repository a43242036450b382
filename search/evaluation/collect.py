"""Judged queries as examples for tuning: what each leg says of each candidate."""

import logging
import random
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from search.errors import BadQuery
from search.evaluation.dataset import Dataset
from search.evaluation.tuning import Example
from search.query import Evidence

log = logging.getLogger(__name__)

RIVALS = 25  # of each leg's first documents: those that a judged document must beat
RELATED_SHARE = (
    0.5  # of what the judged documents count, for all that are about the same: what comes after the one page matters too
)
RELATED_MOST = 0.1  # for one of them
SEED = 1  # of the choice of queries: the same examples at every run


def collect(
    dataset: Dataset,
    legs: Sequence[str],
    features: Sequence[str],
    ask: Callable[[str], Evidence],
    limit: int,
    related: Callable[[str], Collection[str]] = lambda doc_id: (),
) -> list[Example]:
    """Examples of at most `limit` queries of the set, chosen at random; a query none of whose documents is found is left out.

    related: other documents about what a judged one is about. Sets with one page for a query say nothing of the pages after it,
    and a fit to them alone lets those be anything.
    """
    found = ((query_id, _asked(ask, query_id, dataset.queries[query_id])) for query_id in sample(dataset, limit))
    examples = [
        _example(dataset.name, query_id, _with_related(dataset.qrels[query_id], related), legs, features, evidence)
        for query_id, evidence in found
        if evidence is not None
    ]
    return [example for example in examples if example.gains.any()]


def _asked(ask: Callable[[str], Evidence], query_id: str, text: str) -> Evidence | None:
    try:
        return ask(text)
    except BadQuery as exc:
        log.warning("query %s is left out: %s", query_id, exc)
        return None


def sample(dataset: Dataset, limit: int) -> list[str]:
    """At most `limit` of the set's query ids, chosen at random and always the same."""
    return random.Random(SEED).sample(sorted(dataset.queries), min(limit, len(dataset.queries)))


def _with_related(judged: Mapping[str, int], related: Callable[[str], Collection[str]]) -> dict[str, float]:
    relevant = [doc_id for doc_id, grade in judged.items() if grade > 0]
    others = {other for doc_id in relevant for other in related(doc_id)} - judged.keys()
    share = min(RELATED_MOST * max(judged.values()), RELATED_SHARE * sum(judged.values()) / max(1, len(others)))
    return {**dict.fromkeys(sorted(others), share), **judged}


def _example(
    name: str, query_id: str, judged: Mapping[str, float], legs: Sequence[str], features: Sequence[str], evidence: Evidence
) -> Example:
    scores = {
        leg: {doc.doc_id: doc.score for doc in found.docs} for leg, found in zip(evidence.legs, evidence.results, strict=True)
    }
    firsts = (doc.doc_id for found in evidence.results for doc in found.docs[:RIVALS])
    itself = {query_id} - judged.keys()
    candidates = sorted({*firsts, *judged} & set().union(*scores.values()) - itself)
    raw = np.array([[scores.get(leg, {}).get(doc_id, np.nan) for leg in legs] for doc_id in candidates], float)
    gains = np.array([judged.get(doc_id, 0) for doc_id in candidates], float)
    sizes = dict(zip(evidence.legs, evidence.sizes, strict=True))
    terms = np.array([sizes.get(leg, 1) for leg in legs], float)
    return Example(name, raw.reshape(-1, len(legs)), gains, np.array([evidence.features[name] for name in features]), terms)
