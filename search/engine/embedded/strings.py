"""Many strings in two arrays, so that a segment can hold them in a mapped file."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Strings:
    """n strings: their UTF-8 one after the other (uint8), and where each begins (int64 [n + 1])."""

    blob: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, values: Iterable[str]) -> "Strings":
        """The strings in the order given."""
        encoded = [value.encode("utf-8", "surrogatepass") for value in values]
        starts = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(value) for value in encoded], out=starts[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> str:
        return self.blob[self.starts[place] : self.starts[place + 1]].tobytes().decode("utf-8", "surrogatepass")

    @cached_property
    def texts(self) -> list[str]:
        """All of them, decoded and kept: for few strings, or for what every search needs."""
        return self.tolist()

    def tolist(self) -> list[str]:
        """All of them, decoded."""
        blob, starts = self.blob.tobytes(), self.starts.tolist()
        return [blob[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(starts)]
