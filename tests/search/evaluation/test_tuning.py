"""The fit: its gradient is right, and it finds the leg that knows."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from search.evaluation import tuning
from search.evaluation.tuning import Example, Parameters, fit

KNN = [False, True]
START = Parameters(np.array([[1.0, 0.5], [40.0, -4.0]]), np.zeros((2, 2)), 0.1)


def make_examples(seed=1, queries=30, informed=0):
    """The relevant document is the best of the informed leg; the other leg is noise."""
    rng = np.random.default_rng(seed)
    examples = []
    for _ in range(queries):
        raw = np.stack([rng.uniform(0, 10, 20), rng.uniform(0.7, 0.9, 20)], axis=1)
        gains = np.zeros(20)
        gains[raw[:, informed].argmax()] = 1
        raw[rng.random(raw.shape) < 0.2] = np.nan
        raw[gains > 0, informed] = [10.0, 0.9][informed]
        examples.append(Example("s", raw, gains, np.array([1.0, rng.random()]), np.array([rng.integers(1, 9), 1.0])))
    return examples


def test_the_gradient_is_the_losss_own():
    stack = tuning._Stack(make_examples(), KNN)
    rng = np.random.default_rng(2)
    flat = np.concatenate([START.curves.ravel(), rng.normal(0, 0.3, 4), [np.log(0.1)]])

    def loss(x):
        return tuning._loss(stack, Parameters(x[:4].reshape(2, 2), x[4:8].reshape(2, 2), np.exp(x[-1])), START.curves)

    assert loss(flat)[1] == pytest.approx(approx_fprime(flat, lambda x: loss(x)[0], 1e-7), abs=1e-4)


@pytest.mark.parametrize("informed", [0, 1])
def test_the_leg_that_knows_gets_the_weight(informed):
    found, _ = fit(make_examples(informed=informed), KNN, START)
    assert found.gates[informed, 0] > found.gates[1 - informed, 0]


def test_fitting_repeats_to_the_bit():
    first, second = (fit(make_examples(), KNN, START)[0] for _ in range(2))
    assert (first.gates == second.gates).all()
