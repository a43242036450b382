"""python -m bench.passages SET... [--pages 400] [--queries 200] [--split NAME] [--json]: which passages of a page get a vector.

nDCG@10 of the vectors alone, a page by its nearest one, for a grid of passage rules around the product's own.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bench.judged import Judged, sampled
from indexer.resampling import Interval, interval
from search import logs
from search.bootstrap import analyzer_opener
from search.errors import SearchError
from search.evaluation.measures import DEPTH, per_query
from search.legs import read
from search.query import ScoredDoc
from search.settings import Settings
from search.text.analyzer import Analyzer
from search.text.encoders.base import Encoder
from search.text.passages import RULE, PassageRule, encoded_spans, encoded_texts

MEASURE = "nDCG@10"
SIZES = ((150, 30), (200, 40), (300, 60))
FIRST = (1, 3, 5, 8, None)
BATCH = 1_024  # texts between two lines of progress


@dataclass(frozen=True, slots=True)
class Setting:
    """A passage rule, with or without the vector of the title alone; passages are led by their title either way."""

    rule: PassageRule
    title: bool

    def __str__(self) -> str:
        return f"title, {self.rule}" if self.title else str(self.rule)


PRODUCT = Setting(RULE, title=True)  # encoded_texts begins with the title


@dataclass(frozen=True, slots=True)
class Measured:
    """A setting with the vectors it makes a page on average, nDCG@10 of each query, and the mean of each set."""

    setting: Setting
    vectors: float
    values: np.ndarray
    sets: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PageVectors:
    """All vectors that any number of first passages may take, page after page, each page's title first.

    numbers: 0 for a title, else which passage; pages: the page's place.
    """

    vectors: np.ndarray
    numbers: np.ndarray
    pages: np.ndarray


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 and a sentence on stderr where it cannot be done."""
    args = _parser().parse_args(argv)
    try:
        settings = Settings.from_env()
        logs.configure(settings.log_level)
        judged = sampled(args.sets, args.split, args.queries, args.pages)
        print(f"{len(judged.queries)} queries, {len(judged.pages)} pages", file=sys.stderr)
        rows = measure(judged, analyzer_opener(settings)({}), grid())
    except SearchError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    print(json.dumps(to_dict(judged, rows), ensure_ascii=False) if args.json else to_markdown(judged, rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.passages", description="Passage rules on judged queries, vectors alone.")
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="folders in BEIR layout, all of one corpus")
    parser.add_argument("--pages", type=int, default=400, help="judged pages, filled up with others (default 400)")
    parser.add_argument("--queries", type=int, default=200, help="of all sets together (default 200)")
    parser.add_argument("--split", help="the same of every set (default: dev, else what there is)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser


def grid() -> list[Setting]:
    """The settings to measure; the product's own among them, wherever it lies."""
    settings = [Setting(PassageRule(*size, first), title) for size, first, title in product(SIZES, FIRST, (True, False))]
    return settings if PRODUCT in settings else [PRODUCT, *settings]


def measure(judged: Judged, analyzer: Analyzer, settings: Sequence[Setting]) -> list[Measured]:
    """Each setting's nDCG@10; queries are read as a search reads them, and what settings have in common is encoded once."""
    queries = np.array([read(text, analyzer).meaning for text in judged.queries.values()], np.float32)
    encoder = analyzer.encoder
    longest: Callable[[PassageRule], PageVectors] = cache(lambda rule: _page_vectors(judged, encoder, rule))
    return [_measured(judged, queries, longest(replace(one.rule, first=None)), one) for one in settings]


def _page_vectors(judged: Judged, encoder: Encoder, rule: PassageRule) -> PageVectors:
    texts = [encoded_texts(page, encoded_spans(page, rule)) for page in judged.pages]
    flat = [text for found in texts for text in found]
    return PageVectors(
        np.concatenate(list(_encoded(flat, encoder, str(rule)))),
        np.concatenate([np.arange(len(found)) for found in texts]),
        np.repeat(np.arange(len(texts)), [len(found) for found in texts]),
    )


def _encoded(texts: Sequence[str], encoder: Encoder, name: str) -> Iterator[np.ndarray]:
    for start in range(0, len(texts), BATCH):
        print(f"{name}: {start} of {len(texts)} texts", file=sys.stderr)
        yield encoder.encode(texts[start : start + BATCH], "passage")


def _measured(judged: Judged, queries: np.ndarray, made: PageVectors, setting: Setting) -> Measured:
    first = made.numbers.max() if setting.rule.first is None else setting.rule.first
    kept = (made.numbers <= first) & (setting.title | (made.numbers > 0))
    pages, starts = np.unique(made.pages[kept], return_index=True)  # a page without text has no vector but its title's
    scores = np.maximum.reduceat(queries @ made.vectors[kept].T, starts, axis=1)
    ids = [judged.pages[page].doc_id for page in pages]
    run = {name: _best(row, ids, name.partition("/")[2]) for name, row in zip(judged.queries, scores, strict=True)}
    values = np.array(list(per_query(judged.qrels, run)[MEASURE].values()))
    return Measured(
        setting, kept.sum() / len(judged.pages), values, {one: float(values[judged.of_set(one)].mean()) for one in judged.sets}
    )


def _best(scores: np.ndarray, ids: Sequence[str], asked: str) -> list[ScoredDoc]:
    """The first documents, equal scores by id; a document whose id is the query's is left out, as `search evaluate` does."""
    ranked = sorted(pair for pair in zip((-scores).tolist(), ids, strict=True) if pair[1] != asked)[:DEPTH]
    return [ScoredDoc(doc_id, -score) for score, doc_id in ranked]


def difference(row: Measured, rows: Sequence[Measured]) -> Interval | None:
    """To the product's own setting, query by query; none for that one."""
    own = next(one for one in rows if one.setting == PRODUCT)
    return None if row is own else interval(row.values - own.values)


def to_dict(judged: Judged, rows: Sequence[Measured]) -> dict[str, Any]:
    """For JSON."""
    return {
        "sets": list(judged.sets),
        "queries": len(judged.queries),
        "pages": len(judged.pages),
        "product": str(PRODUCT),
        "settings": [_plain(row, difference(row, rows)) for row in rows],
    }


def _plain(row: Measured, found: Interval | None) -> dict[str, Any]:
    sets = {name: round(value, 4) for name, value in row.sets.items()}
    return {
        "setting": str(row.setting),
        "vectors_a_page": round(float(row.vectors), 2),
        MEASURE: round(float(row.values.mean()), 4),
        "sets": sets,
        "difference": found and found.rounded(),
    }


def to_markdown(judged: Judged, rows: Sequence[Measured]) -> str:
    """To be pasted; the product's own setting in bold, and differences that exclude 0."""
    several = judged.sets if len(judged.sets) > 1 else ()
    heads = ("setting", "vectors a page", MEASURE, *several, "difference (95 %)")
    lines = [
        f"- {len(judged.queries)} queries of {', '.join(judged.sets)}; {len(judged.pages)} pages",
        "- vectors alone: a page scores as its nearest vector; differences to the product's setting (bold), paired bootstrap over queries",
        f"- {len(rows) - 1} differences: one in twenty excludes 0 by chance alone",
        "",
        _line(heads),
        _line(["---", *["---:"] * (len(heads) - 1)]),
    ]
    return "\n".join([*lines, *(_line(_cells(row, difference(row, rows), several)) for row in rows)])


def _cells(row: Measured, found: Interval | None, several: Sequence[str]) -> list[str]:
    means = [f"{value:.4f}" for value in (row.values.mean(), *(row.sets[name] for name in several))]
    shown = f"{found.mean:+.4f} ({found.low:+.4f} to {found.high:+.4f})" if found else ""
    name = str(row.setting) if found else f"**{row.setting}**"
    return [name, f"{row.vectors:.1f}", *means, f"**{shown}**" if found and found.sign else shown]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
