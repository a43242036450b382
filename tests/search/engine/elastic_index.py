"""An Elasticsearch index to try things on: entries for it, and what it holds."""

import random
from collections.abc import Sequence

from search.document import IndexEntry, vector
from search.engine.elastic.engine import ElasticEngine
from search.query import Knn, Leg, Match, Sparse
from tests.factories import MODELS, make_entry

NEW = {"text": "t2"}
LEGS: tuple[Leg, ...] = (
    Match("title", ("头痛",)),
    Match("body", ("头痛", "发热")),
    Sparse("tfidf", {"头痛": 1.0}),
    Knn("passages", vector((1, 0, 0))),
    Knn("doc_vector", vector((0, 1, 0))),
)


def many(number: int = 40, models: dict[str, str] = MODELS) -> list[IndexEntry]:
    rng = random.Random(1)
    return [
        make_entry(
            f"d{n:03}",
            " ".join(rng.choices(["头痛", "发热", "咳嗽"], k=4)),
            title_terms=rng.choice(["头痛", "发热"]),
            tfidf={"头痛": rng.random()},
            passages=[[rng.gauss(0, 1) for _ in range(3)] for _ in range(2)],
            doc_vector=[rng.gauss(0, 1) for _ in range(3)],
            source=rng.choice("st"),
            published=rng.choice(["2024-01-01", "2025-01-01", ""]),
            models=models,
        )
        for n in range(number)
    ]


def derive_new(entries: Sequence[IndexEntry]) -> list[IndexEntry]:
    return [make_entry(entry.doc_id, "新", models=NEW) for entry in entries]


def indices(engine: ElasticEngine) -> set[str]:
    """The engine's indices, without the part of the name that all have."""
    found = engine.connection.client.indices.get_alias(index=f"{engine.name}-*").body
    return {name.removeprefix(engine.name) for name in found}


def stored_ids(engine: ElasticEngine) -> list[str]:
    engine.refresh()
    return [entry.doc_id for entry in engine.scan()]
