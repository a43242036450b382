"""The one thing every encoder can do."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np

Role = Literal["query", "passage"]


class Encoder(Protocol):
    """Texts in, unit vectors out.

    The vector of a text depends on nothing but the text, its role and the fingerprint: not on the texts beside it, not on
    the number of threads (a GPU, or torch's padding, may change the last bits; the default encoder's do not change).
    """

    fingerprint: str  # short hex digest: changes when any vector could
    dims: int

    def encode(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Float32 (len(texts), dims), unit length, in the order given."""
        ...


def well_formed(text: str) -> str:
    """The text with `?` for halves of surrogate pairs, which no tokeniser takes."""
    return text.encode("utf-8", "replace").decode()
