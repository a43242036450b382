"""Names that begin as somebody types."""

import heapq
from operator import itemgetter

from search.engine.embedded.snapshot import Snapshot


def complete(snapshot: Snapshot, prefix: str, limit: int) -> list[str]:
    """As search.engine.base.Engine.complete says."""
    lists = [
        shard.segment.names.starting_with(prefix, snapshot.visible[shard.base : shard.base + len(shard)])
        for shard in snapshot.shards
    ]
    sizes: dict[str, int] = {}
    longest = 0
    for size, name in heapq.merge(*lists, key=itemgetter(0)):
        if len(sizes) >= limit and size > longest:
            break
        if name not in sizes:
            sizes[name] = longest = size
    return sorted(sizes, key=lambda name: (sizes[name], name))[:limit]
