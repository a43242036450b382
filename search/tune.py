"""python -m search tune: fits the rankings' curves, weights and limits on judged sets and writes rankings.json."""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from search import limits
from search.errors import BadQuery, ModelUnusable, SearchError
from search.evaluation.collect import collect, sample
from search.evaluation.dataset import Dataset
from search.evaluation.evaluate import run_of
from search.evaluation.measures import means, per_query
from search.evaluation.tuning import COSINE_STEP, Example, Parameters, fit, typical_curves
from search.query import Filters, Match
from search.ranking import FEATURES, PARAMETERS, LegSpec, Ranking, rankings, together
from search.searcher import Searcher

TUNED = ("bm25", "bert", "hybrid")  # the others have one leg each: nothing to weigh
DEPTH = 100  # of each leg's list: where the judged documents are, as far as any leg knows
START_TEMPERATURE = 0.05
DECIMALS = 4
LIMITS = ("at_least", "floor", "margin")
RELATED = 30  # documents at most that count as being about the same
LIMIT_QUERIES = 100  # of each set, for the limits: each choice is a search of all of them

Judged = Sequence[tuple[Dataset, Searcher]]


def tune(judged: Judged, queries: int, out: Path) -> None:
    """Fit the TUNED rankings on at most `queries` of each set, choose hybrid's limits, write the file, say what was found.

    ModelUnusable where a searcher's encoder is down: its legs would get weights that nothing was seen of.
    """
    for _, searcher in judged:
        _check_encoder(searcher)
    chosen = together(TUNED)
    legs = [leg.name for leg in chosen.legs]
    examples = []
    for dataset, searcher in judged:
        ask = partial(searcher.evidence, name="hybrid", depth=DEPTH, seen=chosen)
        found = collect(dataset, legs, FEATURES, ask, queries, partial(_related, searcher))
        print(f"{dataset.name}：{len(found)} 问", file=sys.stderr)
        examples.extend(found)
    if not examples:
        raise BadQuery("没有一个有评判的页面被找到，无从拟合；请核对 qrels 的编号与语料")
    table = {name: tuned(examples, legs, name)[0] if name in TUNED else None for name in rankings()}
    _set_limits(table, judged, examples, legs)
    sets = " ".join(f"{dataset.name} ({dataset.split})" for dataset, _ in judged)
    write(out, table, f"{len(examples)} queries of {sets}", unseen(examples, legs))


def check_writable(path: Path) -> None:
    """SearchError where the file cannot be written: to be known before anything is fitted. It stays as it is."""
    there = path.exists()
    try:
        with path.open("a", encoding="utf-8"):
            pass
        if not there:
            path.unlink()
    except OSError as exc:
        raise SearchError(f"{path} 写不进去：{exc.strerror or exc}；请用 --out 换一个能写的文件") from exc


def tuned(examples: Sequence[Example], legs: Sequence[str], name: str) -> tuple[list[dict[str, Any]], float]:
    """The ranking's legs with fitted constants, as rankings.json holds them, and the loss; examples' columns are `legs`.

    Only hybrid's weights depend on the query: the others stay what their names say. A leg for whole names stays as it is: that
    who types a name finds its page first is no matter of taste, and judged questions are hardly ever names.
    """
    specs = [spec for spec in rankings()[name].legs if not spec.whole]
    as_it_is = [leg for leg in _written()[name] if leg.get("whole")]
    features = FEATURES if name == "hybrid" else FEATURES[:1]
    columns = [legs.index(spec.name) for spec in specs]
    used = [_cut(example, columns, len(features)) for example in examples]
    gates = np.array([[spec.gate.get(feature, 0.0) for feature in features] for spec in specs])
    knn = [spec.kind == "knn" for spec in specs]
    curves = typical_curves(used, knn, np.array([_curve(spec) for spec in specs]))
    found, loss = fit(used, knn, Parameters(curves, gates, START_TEMPERATURE))
    fitted = [_leg(spec, curve, gate) for spec, curve, gate in zip(specs, found.curves, found.gates, strict=True)]
    return [*as_it_is, *fitted], loss


def write(path: Path, legs: Mapping[str, Sequence[Mapping[str, Any]] | None], said: str, unfitted: Sequence[str]) -> None:
    """rankings.json, with what it was fitted on, and the legs of which nothing was seen; a ranking without legs given stays as it was."""
    before = _written()
    table = {
        "fitted": said,
        "unfitted": list(unfitted),
        "rankings": {name: found or before[name] for name, found in legs.items()},
    }
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _check_encoder(searcher: Searcher) -> None:
    try:
        if analyzer := searcher.analyzer:
            analyzer.encoder.encode(["头痛"], "query")
    except ModelUnusable as exc:
        raise ModelUnusable(f"没有语义模型就不拟合，否则它那几支的权重没有根据。{exc}") from exc


def _written() -> dict[str, list[dict[str, Any]]]:
    """The rankings as rankings.json holds them."""
    table: dict[str, list[dict[str, Any]]] = json.loads(PARAMETERS.read_text(encoding="utf-8"))["rankings"]
    return table


def unseen(examples: Sequence[Example], legs: Sequence[str]) -> list[str]:
    """Legs that were not fitted, and keep the constants that they had: those for whole names, and those that found nothing."""
    whole = {spec.name for spec in together(TUNED).legs if spec.whole}
    return [
        leg
        for column, leg in enumerate(legs)
        if leg in whole or all(np.isnan(example.raw[:, column]).all() for example in examples)
    ]


def _set_limits(
    table: Mapping[str, list[dict[str, Any]] | None], judged: Judged, examples: Sequence[Example], legs: Sequence[str]
) -> None:
    """Hybrid's limits, chosen by searching with them; a leg has the same ones in every ranking."""
    fitted = table["hybrid"] or []
    hybrid = Ranking("hybrid", tuple(LegSpec(**leg) for leg in fitted))
    tops = {
        leg.name: [float(np.nanmax(raw)) for raw in (one.raw[:, legs.index(leg.name)] for one in examples) if np.any(raw > -1)]
        for leg in hybrid.legs
        if leg.kind == "knn"
    }
    found = limits.choose(hybrid, tops, partial(_recall, judged))
    print(f"R@100 {found.open_recall:.4f}，加上界限 {found.recall:.4f}", file=sys.stderr)
    specs = {leg.name: leg for leg in found.ranking.legs}
    for leg in (leg for ranking in table.values() for leg in ranking or [] if leg["name"] in specs):
        leg |= {limit: getattr(specs[leg["name"]], limit) for limit in LIMITS if limit in leg}


def _related(searcher: Searcher, doc_id: str) -> list[str]:
    """Documents whose titles hold the name of this one: 偏头痛 and 风寒头痛 of 头痛; none where its title is no single name."""
    analyzer, entries = searcher.analyzer, searcher.engine.fetch([doc_id])
    names = analyzer.concepts.outermost(entries[0].document.title) if analyzer and entries else []
    if len(names) != 1 or analyzer is None:
        return []
    leg = Match("title_concepts", (analyzer.concepts.canonical(names[0].text),))
    found = searcher.engine.retrieve([leg], Filters(), RELATED).legs[0].docs
    return [doc.doc_id for doc in found]


def _recall(judged: Judged, ranking: Ranking) -> float:
    """Mean recall@100 over the sets, of LIMIT_QUERIES queries each."""
    values = []
    for dataset, searcher in judged:
        queries = {query_id: dataset.queries[query_id] for query_id in sample(dataset, LIMIT_QUERIES)}
        run = run_of(queries, dataset.qrels, partial(searcher.rank, name=ranking), {})
        values.append(means(per_query({query_id: dataset.qrels[query_id] for query_id in queries}, run))["R@100"])
    return sum(values) / len(values)


def _cut(example: Example, columns: Sequence[int], features: int) -> Example:
    """The example for some legs and the first features, without the candidates that none of these legs lists."""
    raw = example.raw[:, columns]
    keep = ~np.isnan(raw).all(axis=1)
    return Example(example.dataset, raw[keep], example.gains[keep], example.values[:features], example.sizes[columns])


def _curve(spec: LegSpec) -> tuple[float, float]:
    return (
        (spec.middle / COSINE_STEP, float(np.log(spec.width))) if spec.kind == "knn" else (float(np.log(spec.half)), spec.power)
    )


def _leg(spec: LegSpec, curve: np.ndarray, gate: np.ndarray) -> dict[str, Any]:
    leg: dict[str, Any] = {"name": spec.name, "kind": spec.kind, "field": spec.field}
    leg["gate"] = {name: round(float(value), DECIMALS) for name, value in zip(FEATURES, gate, strict=False)}
    if spec.kind == "knn":
        leg |= {"middle": round(float(curve[0]) * COSINE_STEP, DECIMALS), "width": round(float(np.exp(curve[1])), DECIMALS)}
        leg |= {"k": spec.k, "floor": spec.floor, "margin": spec.margin}
    else:
        leg |= {"half": round(float(np.exp(curve[0])), DECIMALS), "power": round(float(curve[1]), DECIMALS)}
    if spec.kind == "match":
        leg["at_least"] = spec.at_least
    return leg
