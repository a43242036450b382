import numpy as np
import pytest

from search.text.encoders.quantise import quantise_columns


def test_numbers_times_scales_are_the_matrix_to_half_a_step():
    matrix = np.random.default_rng(1).normal(size=(64, 16)).astype(np.float32)
    numbers, scales = quantise_columns(matrix)
    assert np.abs(numbers * scales - matrix).max() <= scales.max() / 2 * 1.001


@pytest.mark.parametrize("seed", range(5))
def test_two_neighbouring_products_never_leave_16_bits(seed):
    matrix = np.random.default_rng(seed).standard_t(2, size=(128, 32)).astype(np.float32)  # heavy tails, as weights have
    numbers = quantise_columns(matrix)[0].astype(int)
    for sign in (1, -1):
        kept = np.maximum(sign * numbers, 0)
        assert (255 * (kept[0::2] + kept[1::2])).max() <= 32767


def test_a_column_of_zeros_stays_zero():
    numbers, scales = quantise_columns(np.zeros((4, 2), np.float32))
    assert not numbers.any()
    assert np.isfinite(scales).all()
