"""Pages' own names as queries: who types a name wants the pages that bear it first."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

SEED = 1  # of the choice of names: the same queries at every run


@dataclass(frozen=True, slots=True)
class KnownItems:
    """Names as judged queries, in the shape of a Dataset's."""

    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    name: str = "names"


def known_items(named: Iterable[tuple[str, str]], limit: int) -> KnownItems:
    """At most `limit` names, chosen at random, of (name, document id) pairs; a name of several documents is judged for all."""
    bearers: dict[str, dict[str, int]] = defaultdict(dict)
    for name, doc_id in named:
        if name.strip():
            bearers[name][doc_id] = 1
    chosen = random.Random(SEED).sample(sorted(bearers), min(limit, len(bearers)))
    return KnownItems({f"name:{name}": name for name in chosen}, {f"name:{name}": bearers[name] for name in chosen})
