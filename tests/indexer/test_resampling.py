"""Intervals: as wide as theory says, the same each time, and silent where nothing is shown."""

import numpy as np
import pytest

from indexer.resampling import interval


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(5).normal(0.3, 1.0, 2_000)
    found = interval(values)
    wide = 2 * 1.96 * values.std() / np.sqrt(len(values))
    assert found.mean == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(wide, rel=0.1)
    assert found.low < values.mean() < found.high
    assert interval(values) == found


def test_nineteen_of_twenty_intervals_hold_the_truth():
    random = np.random.default_rng(7)
    held = [(found := interval(random.binomial(1, 0.3, 150).astype(float))).low <= 0.3 <= found.high for _ in range(200)]
    assert 0.89 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(("shift", "sign"), [(0.2, 1), (-0.2, -1), (0.0, 0)])
def test_the_sign_is_said_where_the_whole_interval_lies_on_one_side(shift, sign):
    noise = np.random.default_rng(3).normal(0, 1, 1_000)
    assert interval(noise - noise.mean() + shift).sign == sign


def test_equal_systems_differ_by_nothing():
    assert interval(np.zeros(50)).sign == 0


def test_without_cases_there_is_no_interval():
    with pytest.raises(ValueError, match="no cases"):
        interval(np.zeros(0))
