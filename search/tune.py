"""python -m search tune: fits the rankings' curves and weights on judged sets and writes rankings.json."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from search.evaluation.tuning import COSINE_STEP, Example, Parameters, fit
from search.ranking import FEATURES, PARAMETERS, LegSpec, rankings

TUNED = ("bm25", "bert", "hybrid")  # the others have one leg each: nothing to weigh
DEPTH = 100  # of each leg's list: where the judged documents are, as far as any leg knows
START_TEMPERATURE = 0.05
DECIMALS = 4


def tuned(examples: Sequence[Example], legs: Sequence[str], name: str) -> tuple[list[dict[str, Any]], float]:
    """The ranking's legs with fitted constants, as rankings.json holds them, and the loss; examples' columns are `legs`.

    Only hybrid's weights depend on the query: the others stay what their names say.
    """
    specs = rankings()[name].legs
    features = FEATURES if name == "hybrid" else FEATURES[:1]
    columns = [legs.index(spec.name) for spec in specs]
    used = [_cut(example, columns, len(features)) for example in examples]
    gates = np.array([[spec.gate.get(feature, 0.0) for feature in features] for spec in specs])
    start = Parameters(np.array([_curve(spec) for spec in specs]), gates, START_TEMPERATURE)
    found, loss = fit(used, [spec.kind == "knn" for spec in specs], start)
    return [_leg(spec, curve, gate) for spec, curve, gate in zip(specs, found.curves, found.gates, strict=True)], loss


def write(path: Path, legs: Mapping[str, Sequence[Mapping[str, Any]] | None], said: str) -> None:
    """rankings.json, with what it was fitted on; a ranking without legs given stays as it was."""
    before = json.loads(PARAMETERS.read_text(encoding="utf-8"))["rankings"]
    table = {"fitted": said, "rankings": {name: found or before[name] for name, found in legs.items()}}
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _cut(example: Example, columns: Sequence[int], features: int) -> Example:
    """The example for some legs and the first features, without the candidates that none of these legs lists."""
    raw = example.raw[:, columns]
    keep = ~np.isnan(raw).all(axis=1)
    return Example(example.dataset, raw[keep], example.gains[keep], example.values[:features])


def _curve(spec: LegSpec) -> tuple[float, float]:
    return (spec.middle / COSINE_STEP, float(np.log(spec.width))) if spec.kind == "knn" else (float(np.log(spec.half)), 0.0)


def _leg(spec: LegSpec, curve: np.ndarray, gate: np.ndarray) -> dict[str, Any]:
    leg: dict[str, Any] = {"name": spec.name, "kind": spec.kind, "field": spec.field}
    leg["gate"] = {name: round(float(value), DECIMALS) for name, value in zip(FEATURES, gate, strict=False)}
    if spec.kind == "knn":
        leg |= {"middle": round(float(curve[0]) * COSINE_STEP, DECIMALS), "width": round(float(np.exp(curve[1])), DECIMALS)}
        leg |= {"k": spec.k, "floor": spec.floor, "margin": spec.margin}
    else:
        leg |= {"half": round(float(np.exp(curve[0])), DECIMALS)}
    if spec.kind == "match":
        leg["at_least"] = spec.at_least
    return leg
