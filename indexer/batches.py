"""Streams in batches (itertools.batched comes with Python 3.12)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, the last one shorter; reads no further than it has yielded."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
