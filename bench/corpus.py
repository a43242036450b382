"""The documents of a corpus; samples of them."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from indexer.readers.paths import Refusal, read_paths
from search.document import Document


def documents(corpus: Path, count: int) -> list[Document]:
    """The first documents of the corpus."""
    return list(islice(all_documents(corpus), count))


def all_documents(corpus: Path) -> Iterator[Document]:
    """What can be read of the corpus, as `load` would."""
    for one in read_paths([corpus]):
        if not isinstance(one, Refusal):
            yield one
