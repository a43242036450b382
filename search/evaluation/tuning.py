"""Fitting a ranking's curves and weights to judged queries: a softmax cross-entropy over each query's candidates.

The model is search.ranking's: score = sum over legs of weight(query) * curve(raw), weight = softmax of gates. The loss is
ListNet's (Cao et al., ICML 2007) top-one form with the judged documents as targets, averaged inside each set and then over sets, so that a
large set does not drown a small one; an L2 penalty pulls every gate towards its leg's bias alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# Both swept over a hundredfold on held-out halves of the train splits; nDCG@10 changes by .01.
GATE_PENALTY = 0.00003  # on gate coefficients other than the bias
CURVE_PENALTY = 0.0003  # on curves that leave their start: scores alone do not say how far a curve may bend
COSINE_STEP = 0.02  # cosines lie this close together: a curve's middle moves in steps of it
# How far a curve may leave the typical one: without bounds the fit goes to the curves' linear foot, where a perfect hit scores .04.
# Swept with the penalties: nDCG@10 changes by less than .005 from none to these.
HALF_BOUND = math.log(2.0)
MIDDLE_BOUND = (-2.0, 0.5)  # in COSINE_STEPs
WIDTH_BOUND = (math.log(0.006), math.log(0.025))
TYPICAL_WIDTH = 0.015
TYPICAL_POWER = 0.7
POWER_BOUND = (0.0, 1.0)  # one half for all queries, and one that grows as the sum does


@dataclass(frozen=True, slots=True)
class Example:
    """One query: raw float64 (candidates, legs), NaN where a leg lacks the candidate; gains (candidates); values (features).

    sizes (legs): how many terms each leg sums over.
    """

    dataset: str
    raw: np.ndarray
    gains: np.ndarray
    values: np.ndarray
    sizes: np.ndarray


@dataclass(frozen=True, slots=True)
class Parameters:
    """Curves (legs, 2): log half and power for match and sparse, middle / COSINE_STEP and log width for knn; gates (legs, features)."""

    curves: np.ndarray
    gates: np.ndarray
    temperature: float


def typical_curves(examples: Sequence[Example], knn: Sequence[bool], default: np.ndarray) -> np.ndarray:
    """Curves (legs, 2) that give a leg's usual best document one half: the median over queries of its best raw score.

    `default` (legs, 2) serves a leg that found nothing in any example.
    """
    curves = default.copy()
    for leg, is_knn in enumerate(knn):
        found = [example for example in examples if not np.isnan(example.raw[:, leg]).all()]
        if not found:
            continue
        tops = np.array([np.nanmax(example.raw[:, leg]) for example in found])
        if is_knn:
            curves[leg] = (float(np.median(tops)) / COSINE_STEP, math.log(TYPICAL_WIDTH))
        else:
            logs = np.log(tops) - TYPICAL_POWER * np.log([example.sizes[leg] for example in found])
            curves[leg] = (float(np.median(logs)), TYPICAL_POWER)
    return curves


class _Stack:
    """All examples in flat arrays: rows of candidates, with the query that each belongs to."""

    def __init__(self, examples: Sequence[Example], knn: Sequence[bool]) -> None:
        sizes = [len(example.gains) for example in examples]
        self.raw = np.concatenate([example.raw for example in examples])
        self.present = ~np.isnan(self.raw)
        self.raw = np.nan_to_num(self.raw)
        self.seen = self.present.any(axis=0)
        self.query = np.repeat(np.arange(len(examples)), sizes)
        self.starts = np.cumsum([0, *sizes[:-1]])
        self.target = np.concatenate([example.gains / example.gains.sum() for example in examples])
        self.log_sizes = np.log(np.stack([example.sizes for example in examples]))[self.query]
        self.values = np.stack([example.values for example in examples])
        names = [example.dataset for example in examples]
        self.share = np.array([1 / names.count(name) / len(set(names)) for name in names])
        self.knn = np.array(knn)


def fit(
    examples: Sequence[Example], knn: Sequence[bool], start: Parameters, iterations: int = 1500
) -> tuple[Parameters, float]:
    """The parameters of the least loss from `start` on, and that loss; `knn` says which legs have a cosine's curve.

    Curves stay near those of `start`, by bounds and by a penalty; gates and temperature are free.
    """
    stack = _Stack([example for example in examples if example.gains.any()], knn)
    shape = start.gates.shape

    def unpack(flat: np.ndarray) -> Parameters:
        curves = flat[: 2 * shape[0]].reshape(-1, 2)
        return Parameters(curves, flat[2 * shape[0] : -1].reshape(shape), float(np.exp(flat[-1])))

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        return _loss(stack, unpack(flat), start.curves)

    first = np.concatenate([start.curves.ravel(), start.gates.ravel(), [np.log(start.temperature)]])
    free = [(None, None)] * (start.gates.size + 1)
    bounds = _curve_bounds(start.curves, knn) + free
    found = minimize(objective, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": iterations})
    return unpack(found.x), float(found.fun)


def _curve_bounds(curves: np.ndarray, knn: Sequence[bool]) -> list[tuple[float | None, float | None]]:
    """For both parameters of every curve, in the order in which `fit` lays them out."""
    bounds: list[tuple[float | None, float | None]] = []
    for (first, _), is_knn in zip(curves.tolist(), knn, strict=True):
        if is_knn:
            bounds += [(first + MIDDLE_BOUND[0], first + MIDDLE_BOUND[1]), WIDTH_BOUND]
        else:
            bounds += [(first - HALF_BOUND, first + HALF_BOUND), POWER_BOUND]
    return bounds


def _loss(stack: _Stack, parameters: Parameters, anchor: np.ndarray) -> tuple[float, np.ndarray]:
    """Loss and gradient in the order curves, gates, log temperature; `anchor`: the curves that a penalty pulls to."""
    scores, by_first, by_second = _curves(stack, parameters.curves)
    logits = stack.values @ parameters.gates.T
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    row_weights = weights[stack.query]
    fused = (row_weights * scores).sum(axis=1) / parameters.temperature
    chance, log_chance = _softmax(fused, stack)
    share = stack.share[stack.query]
    loss = -(share * stack.target * log_chance).sum()
    residual = share * (chance - stack.target)  # d loss / d fused
    pull = residual[:, None] / parameters.temperature
    curves = np.stack([(pull * row_weights * by_first).sum(axis=0), (pull * row_weights * by_second).sum(axis=0)], axis=1)
    by_weight = np.add.reduceat(pull * scores, stack.starts)  # (queries, legs)
    by_logit = weights * (by_weight - (weights * by_weight).sum(axis=1, keepdims=True))
    gates = by_logit.T @ stack.values
    gates[~stack.seen] = 0  # a leg that these sets never show keeps the gate it has
    penalised = parameters.gates.copy()
    penalised[:, 0] = 0
    bent = parameters.curves - anchor
    loss += GATE_PENALTY * (penalised**2).sum() + CURVE_PENALTY * (bent**2).sum()
    gates += 2 * GATE_PENALTY * penalised
    curves += 2 * CURVE_PENALTY * bent
    return float(loss), np.concatenate([curves.ravel(), gates.ravel(), [-(residual * fused).sum()]])


def _softmax(fused: np.ndarray, stack: _Stack) -> tuple[np.ndarray, np.ndarray]:
    shifted = fused - np.maximum.reduceat(fused, stack.starts)[stack.query]
    total = np.add.reduceat(np.exp(shifted), stack.starts)[stack.query]
    log_chance = shifted - np.log(total)
    return np.exp(log_chance), log_chance


def _curves(stack: _Stack, curves: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores (rows, legs) in 0..1, and their derivatives by the curve's first and second parameter."""
    first, second = curves[:, 0], curves[:, 1]
    half = np.exp(np.where(stack.knn, 0.0, first + second * stack.log_sizes))
    saturated = stack.raw / (stack.raw + half)
    width = np.exp(np.where(stack.knn, second, 0.0))
    distance = (stack.raw - COSINE_STEP * first) / width
    logistic = 1 / (1 + np.exp(-np.clip(distance, -50, 50)))
    slope = logistic * (1 - logistic)
    scores = np.where(stack.knn, logistic, saturated) * stack.present
    by_half = -saturated * half / (stack.raw + half)
    by_first = np.where(stack.knn, -slope * COSINE_STEP / width, by_half) * stack.present
    by_second = np.where(stack.knn, -slope * distance, by_half * stack.log_sizes) * stack.present
    return scores, by_first, by_second
