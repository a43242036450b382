"""Float matrices to whole numbers of eight bits, such that every processor multiplies them alike."""

import numpy as np


def quantise_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int8 (rows, columns) and a float32 scale for each column: matrix ~ numbers * scales."""
    scales = _safe_scales(matrix)
    return np.rint(matrix / scales).astype(np.int8), scales


def _safe_scales(matrix: np.ndarray) -> np.ndarray:
    """The finest scales that overflow nowhere.

    AVX2 without VNNI adds the products of two neighbouring rows in 16 bits and saturates there: 255 * (a + b) must
    stay within 32,767, so numbers of one sign in two neighbouring rows may add up to 128 (127 leaves room for
    rounding). Errors grow by 8 %; numbers of seven bits, the usual way out, would double them.
    """
    pairs = np.stack([matrix[0::2], matrix[1::2]])
    together = np.maximum(np.maximum(pairs, 0).sum(axis=0), np.maximum(-pairs, 0).sum(axis=0))
    peaks = together.max(axis=0)  # never below the column's largest number alone
    return (np.where(peaks > 0, peaks, 1) / 127).astype(np.float32)
