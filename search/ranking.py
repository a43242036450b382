"""Rankings: legs and weights under a name, and how their scores become one.

A hit's score is a calibrated sum: every leg's raw score is brought to 0..1 by a curve that knows neither list nor filter, and the
weights, which may depend on the query and the legs' unfiltered heads, sum to one. So contributions add up, and a filter reorders nothing.
The constants were fitted by `python -m search tune`; rankings.json says on what.
"""

import heapq
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from search.errors import BadQuery
from search.query import LegResult, Reason, ScoredDoc

PARAMETERS = Path(__file__).parent / "rankings.json"
Kind = Literal["match", "sparse", "knn"]


@dataclass(frozen=True, slots=True)
class LegSpec:
    """One arm: what it searches, what it lets into the result set, its curve and its weights.

    Curve: match and sparse raw / (raw + half); knn logistic, 1 / (1 + exp((middle - cosine) / width)). BM25 sums over terms, so
    a match leg's half is that of one term, times terms ** power (`for_terms`); and of n terms a document must hold n ** at_least.
    whole: seeks the query as one name, in its own words, and nothing that is only a part of it.
    The weight before normalisation is exp(sum of coefficient * feature); see `features`.
    """

    name: str
    kind: Kind
    field: str
    gate: Mapping[str, float]
    at_least: float = 0.0
    half: float = 1.0
    power: float = 0.0
    middle: float = 0.8
    width: float = 0.05
    k: int = 200
    floor: float = -1.0
    margin: float = 2.0
    whole: bool = False

    def for_terms(self, terms: int) -> "LegSpec":
        """The leg as it judges a query of so many terms."""
        return replace(self, half=self.half * terms**self.power, power=0.0) if self.power else self

    def needed(self, terms: int) -> int:
        """How many of so many terms a document must hold: a smaller and smaller share of more."""
        return math.ceil(terms**self.at_least) if terms else 1

    def score(self, raw: float) -> float:
        """The raw score on the common scale of 0 to 1."""
        if self.kind == "knn":
            return 1 / (1 + math.exp((self.middle - raw) / self.width))
        return raw / (raw + self.half)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Legs under a name."""

    name: str
    legs: tuple[LegSpec, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document with its fused score, the reasons that sum to it, and its best passage where a leg knows one."""

    doc_id: str
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    passage: int | None = None


@cache
def rankings() -> Mapping[str, Ranking]:
    """The named rankings, in the order in which they are shown."""
    table = json.loads(PARAMETERS.read_text(encoding="utf-8"))["rankings"]
    return {name: Ranking(name, tuple(LegSpec(**leg) for leg in legs)) for name, legs in table.items()}


@cache
def leg_fields() -> Mapping[str, str]:
    """Leg name -> the field that it searches; a name means the same in every ranking."""
    return {leg.name: leg.field for one in rankings().values() for leg in one.legs}


def wide_open(chosen: Ranking) -> Ranking:
    """The ranking with nothing kept out of its result set: what its limits are tuned on."""
    return Ranking(chosen.name, tuple(replace(leg, at_least=0.0, floor=-1.0, margin=2.0) for leg in chosen.legs))


def any_word(chosen: Ranking) -> Ranking:
    """The ranking where one word is enough to be in its result set."""
    return Ranking(chosen.name, tuple(replace(leg, at_least=0.0) for leg in chosen.legs))


def together(names: Sequence[str]) -> Ranking:
    """All legs of several rankings, each once: one search that shows what every one of them would see."""
    legs = {leg.name: leg for name in names for leg in rankings()[name].legs}
    return Ranking("+".join(names), tuple(legs.values()))


def without(chosen: Ranking, leg: str) -> Ranking:
    """The ranking less one leg; the others' weights grow to sum to one."""
    return Ranking(f"{chosen.name} - {leg}", tuple(spec for spec in chosen.legs if spec.name != leg))


def ranking(name: str | Ranking) -> Ranking:
    """The ranking of this name (one that is given as such is taken); BadQuery names those there are."""
    if isinstance(name, Ranking):
        return name
    try:
        return rankings()[name]
    except KeyError:
        raise BadQuery("没有名为“%(name)s”的排序方法；可选：%(known)s", name=name, known=" ".join(rankings())) from None


NAMED = "named"  # what a leg for whole names is weighed by; not fitted
FEATURES = ("bias", "long", "terms", "known", "agreement", "top_name", "top_bert", "gap_bert")


def features(text: str, terms: int, known: int, legs: Sequence[LegSpec], results: Sequence[LegResult]) -> dict[str, float]:
    """What weights may depend on, each about 0..1: the query, and the legs' first ten documents without filters.

    long: the query's length, 1 at 200 characters; terms: of 20; known: the share in the dictionary; agreement of the legs' heads;
    named: whether the whole query is a page's name; top_name: how well the best name in it matches; top_bert and gap_bert: how near
    the nearest passage is, and how much nearer than the tenth.
    """
    heads = {leg.name: [doc.score for doc in result.head] for leg, result in zip(legs, results, strict=True)}
    name, bert = (heads.get(leg) or [0.0] for leg in ("exact", "bert.passages"))
    return {
        "bias": 1.0,
        "long": math.log1p(len(text)) / math.log(200),
        "terms": min(terms, 20) / 20,
        "known": known / terms if terms else 0.0,
        "agreement": _agreement([result.head for result in results]),
        NAMED: float(bool(heads.get("name"))),
        "top_name": name[0] / (name[0] + 10),
        "top_bert": max(0.0, bert[0] - 0.8) * 5,
        "gap_bert": (bert[0] - bert[-1]) * 10,
    }


def weights(legs: Sequence[LegSpec], values: Mapping[str, float]) -> list[float]:
    """The legs' weights for these features: softmax of their gates, summing to one."""
    logits = [sum(coefficient * values[name] for name, coefficient in leg.gate.items()) for leg in legs]
    top = max(logits, default=0.0)
    raw = [math.exp(logit - top) for logit in logits]
    return [value / sum(raw) for value in raw]


def fuse(
    legs: Sequence[LegSpec], results: Sequence[LegResult], leg_weights: Sequence[float], limit: int | None = None
) -> dict[str, float]:
    """Documents that a leg lists -> their scores, best first, equal scores by doc_id; the first `limit`, or all."""
    sums: dict[str, float] = defaultdict(float)
    for leg, result, weight in zip(legs, results, leg_weights, strict=True):
        for doc_id, raw, _ in result.docs:
            sums[doc_id] += weight * leg.score(raw)
    if limit is not None and limit < len(sums):  # what nobody looks at is not sorted: half of the time for a first page
        last = heapq.nlargest(limit, sums.values())[-1] if limit > 0 else math.inf
        sums = {doc_id: score for doc_id, score in sums.items() if score >= last}
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:limit])


def candidates(
    doc_ids: Sequence[str], legs: Sequence[LegSpec], results: Sequence[LegResult], leg_weights: Sequence[float]
) -> list[Candidate]:
    """These documents, in this order, with the reasons that sum to their scores."""
    reasons: dict[str, list[Reason]] = {doc_id: [] for doc_id in doc_ids}
    passages: dict[str, int | None] = {}
    for leg, result, weight in zip(legs, results, leg_weights, strict=True):
        for rank, doc in enumerate(result.docs, 1):
            if doc.doc_id in reasons:
                reasons[doc.doc_id].append(Reason(leg.name, rank, doc.score, leg.score(doc.score), weight))
                if leg.field == "passages":
                    passages[doc.doc_id] = doc.passage
    return [
        Candidate(doc_id, sum(reason.contribution for reason in found), tuple(found), passages.get(doc_id))
        for doc_id, found in reasons.items()
    ]


def _agreement(heads: Sequence[Sequence[ScoredDoc]]) -> float:
    """Mean share of common documents over all pairs of the legs' heads (0: no two legs agree)."""
    sets = [{doc.doc_id for doc in head} for head in heads if head]
    pairs = [(a, b) for i, a in enumerate(sets) for b in sets[i + 1 :]]
    return sum(len(a & b) / min(len(a), len(b)) for a, b in pairs) / len(pairs) if pairs else 0.0
