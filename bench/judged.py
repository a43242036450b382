"""A sample of judged queries and the pages they are asked of: those they judge, and others to lose among."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import all_documents
from search.document import Document
from search.errors import SearchError
from search.evaluation.collect import SEED, sample
from search.evaluation.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Judged:
    """Pages; texts and judgements by query id, each led by its set's name; the names of the sets."""

    pages: Sequence[Document]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    sets: tuple[str, ...]

    def of_set(self, name: str) -> list[int]:
        """The places of one set's queries among all."""
        return [place for place, query_id in enumerate(self.queries) if query_id.startswith(f"{name}/")]


def sampled(folders: Sequence[Path], split: str | None, queries: int, pages: int) -> Judged:
    """So many queries, the same number of each set, and so many pages of the one corpus that the sets share."""
    datasets = [Dataset.open(folder, split) for folder in folders]
    if len({dataset.corpus.resolve() for dataset in datasets}) != 1:
        raise SearchError("these sets are not of one corpus; measure them one by one")
    if len(names := {dataset.name for dataset in datasets}) < len(datasets):
        raise SearchError(f"two of these sets have the same name: {' '.join(sorted(names))}")
    share = max(0, queries // len(datasets))
    chosen = {f"{one.name}/{query}": (one, query) for one in datasets for query in sample(one, share)}
    if not chosen:
        raise SearchError(f"no queries: {queries} of {len(datasets)} sets")
    return Judged(
        _pages(datasets[0].corpus, {page for one, query in chosen.values() for page in one.qrels[query]}, pages),
        {name: one.queries[query] for name, (one, query) in chosen.items()},
        {name: one.qrels[query] for name, (one, query) in chosen.items()},
        tuple(one.name for one in datasets),
    )


def _pages(corpus: Path, judged: set[str], count: int) -> list[Document]:
    """The judged pages, filled up at random and always the same, in the order of the corpus."""
    if len(judged) > count:
        raise SearchError(f"the sampled queries judge {len(judged)} pages, {count} are asked for: more pages, or fewer queries")
    known = {document.doc_id: document for document in all_documents(corpus)}
    if missing := sorted(judged - known.keys()):
        raise SearchError(f"{len(missing)} judged pages are not in {corpus}, {missing[0]} for one")
    others = sorted(known.keys() - judged)
    taken = judged | set(random.Random(SEED).sample(others, min(count - len(judged), len(others))))
    return [document for doc_id, document in known.items() if doc_id in taken]
