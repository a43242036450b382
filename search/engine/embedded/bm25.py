"""BM25 as Lucene computes it (Kamphuis et al., ECIR 2020), with its one-byte document lengths, so that engines agree."""

import numpy as np

K1 = 1.2
B = 0.75


def _length_of_code(code: int) -> int:
    """The length that Lucene's SmallFloat.byte4ToInt reads from a byte: exact to 40, then four significant bits."""
    if code < 24:
        return code
    bits, shift = (code - 24) & 7, ((code - 24) >> 3) - 1
    return 24 + (bits if shift < 0 else (bits | 8) << shift)


LENGTHS = np.array([_length_of_code(code) for code in range(256)], np.float64)


def coded_lengths(lengths: np.ndarray) -> np.ndarray:
    """Lengths in terms -> one byte each (uint8): the greatest code that is not longer."""
    return (np.searchsorted(LENGTHS, lengths, side="right") - 1).astype(np.uint8)


def idf(n_docs: int, doc_freqs: np.ndarray) -> np.ndarray:
    """Lucene's inverse document frequency, never negative; n_docs: documents that have the field."""
    return np.log1p((n_docs - doc_freqs + 0.5) / (doc_freqs + 0.5))


def norms(average_length: float) -> np.ndarray:
    """k1 (1 - b + b length / average) for each of the 256 codes (float64)."""
    return K1 * (1 - B + B * LENGTHS / average_length)


def scores(idfs: np.ndarray, frequencies: np.ndarray, norms_of_docs: np.ndarray) -> np.ndarray:
    """What each posting adds to its document, its term's idf given; (k1 + 1) as Elasticsearch has it."""
    return idfs * (K1 + 1) * frequencies / (frequencies + norms_of_docs)
