"""One field of vectors in a segment: an exact scan in int8, then float32 where it counts.

int8 alone ranks the right 200 documents in 4 % of queries, with all that its errors may have kept out rescored in float32 in
100 % (e5 vectors of the encyclopaedia); it reads a quarter of the memory. numpy multiplies int8 one by one, hence numkong.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numkong
import numpy as np

from search.engine.embedded.postings import NOBODY

ROW_BLOCK = 16_384  # rows quantised at a time: bounds the float copies to some 25 MB
# Blocks that keep temporary arrays under 128 kB: larger ones are fresh pages each time, and their faults cost as much as the scan.
SCAN_BLOCK = 8_192  # rows
EXACT_BYTES = 98_304
# Rounding moves each component evenly by up to half a scale, and so a cosine with a standard deviation of a scale / sqrt(12): these
# are five of them. Of six million cosines (e5, Word2Vec) the worst was off by 0.84 of this.
ERROR_SCALES = 1.5


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows sorted by document: float32 [r, d], int8 [r, d] with a scale (float32 [r]) that gives the cosine back.

    docs int32 [r]; places int32 [r]: which of its document's passages a row is; lengths float32 [r]: of the rows.
    """

    rows: np.ndarray
    codes: np.ndarray
    scales: np.ndarray
    lengths: np.ndarray
    docs: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, lists: Sequence[Iterable[tuple[int, bytes]]]) -> "Vectors":
        """Of each document's (place, float32 bytes); all of one size."""
        flat = [(doc, place, row) for doc, rows in enumerate(lists) for place, row in rows]
        docs = np.array([doc for doc, _, _ in flat], np.int32)
        places = np.array([place for _, place, _ in flat], np.int32)
        rows = np.frombuffer(b"".join(row for _, _, row in flat), np.float32)
        return cls._of(rows.reshape(len(flat), -1) if flat else rows.reshape(0, 0), docs, places)

    @classmethod
    def merged(cls, parts: Sequence[tuple["Vectors", np.ndarray]]) -> "Vectors":
        """The parts' documents renumbered."""
        parts = [(part, renumbering) for part, renumbering in parts if len(part.docs)] or list(parts[:1])
        docs = np.concatenate([renumbering[part.docs] for part, renumbering in parts])
        kept = np.flatnonzero(docs != NOBODY)
        order = kept[np.argsort(docs[kept], kind="stable")]
        stacked = {
            name: np.concatenate([getattr(part, name) for part, _ in parts])[order]
            for name in ("rows", "codes", "scales", "lengths", "places")
        }
        return cls(docs=docs[order].astype(np.int32), **stacked)

    @classmethod
    def _of(cls, rows: np.ndarray, docs: np.ndarray, places: np.ndarray) -> "Vectors":
        lengths = np.zeros(len(rows), np.float32)
        scales = np.zeros(len(rows), np.float32)
        codes = np.zeros(rows.shape, np.int8)
        for a in range(0, len(rows), ROW_BLOCK):
            block = slice(a, a + ROW_BLOCK)
            codes[block], scales[block], lengths[block] = quantised(rows[block])
        return cls(rows, codes, scales, lengths, docs, places)

    def rough(self, vector: np.ndarray, cosines: np.ndarray) -> float:
        """Write every row's cosine with the vector (float32 [d]), to some three digits, into `cosines` (float32 [r]); how far off."""
        code, scale, _ = quantised(vector[None, :])
        for a in range(0, len(self.docs), SCAN_BLOCK):
            block = slice(a, a + SCAN_BLOCK)
            products = np.asarray(numkong.cdist(code, self.codes[block], "dot")).reshape(-1)
            np.multiply(products * scale[0], self.scales[block], out=cosines[block], casting="same_kind")
        return ERROR_SCALES * math.hypot(scale[0], self.scales.max(initial=0))

    def exact(self, vector: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The cosines of these rows, as float32 (in float64 [k]); products are summed wide, so equal rows score alike."""
        products = np.empty(len(rows))
        step = max(1, EXACT_BYTES // vector.nbytes)
        for a in range(0, len(rows), step):
            block = slice(a, a + step)
            products[block] = np.asarray(numkong.cdist(vector[None, :], self.rows[rows[block]], "dot"))
        lengths = self.lengths[rows].astype(np.float64) * float(np.linalg.norm(vector.astype(np.float64)))
        cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
        return cosines.astype(np.float32).astype(np.float64)


def quantised(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows as int8, the scale that makes a product of two of them a cosine, and their lengths (float32).

    A row without a direction (zeros, or not finite) gets length 0, and cosine 0 with everything.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", rows.astype(np.float64), rows.astype(np.float64)))
    usable = np.isfinite(lengths) & (lengths > 0)
    rows, lengths = np.where(usable[:, None], rows, 0), np.where(usable, lengths, 0)
    steps = np.divide(127, np.abs(rows).max(axis=1, initial=0), out=np.zeros(len(rows)), where=usable)
    scales = np.divide(1, steps * lengths, out=np.zeros(len(rows)), where=usable)
    codes = np.rint(rows * steps[:, None]).astype(np.int8)
    return codes, scales.astype(np.float32), lengths.astype(np.float32)
