"""python -m bench.extraction [FOLDER] [--json]: the text of web pages, ours and peers', held against what people marked as text.

What is text is said for each page by XPath in extraction_gold.json (by the first 16 digits of the SHA-256 of its bytes), or
in NAME.html.txt beside it. A page that holds none (a menu, a frameset) is marked by an empty text: it is to be refused.
"""

import argparse
import hashlib
import json
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from bench.extractors import extractors
from indexer.readers import pdf
from indexer.readers.apart import Apart
from indexer.readers.charset import decode
from indexer.readers.html import declared
from indexer.readers.html_tree import tree
from search.errors import SearchError

GOLD = Path(__file__).with_name("extraction_gold.json")
PAGES = Path("tests/indexer/data")
SHINGLE = 4  # characters in a row
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Marked:
    """A page, and the text in it without its main heading, which some state apart."""

    name: str
    page: str
    heading: str
    text: str


class Score(NamedTuple):
    """Of a page's shingles: how many of those found are text, how many of the text's are found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """An extractor over all pages: a score for each that holds text, how many others it refused, milliseconds of CPU a page."""

    name: str
    scores: Mapping[str, Score]
    refused: int
    milliseconds: float

    def means(self) -> tuple[float, float, float]:
        """Precision, recall and F1, each the mean over pages."""
        scores = list(self.scores.values())
        return tuple(statistics.fmean(values) for values in zip(*((*score, score.f1) for score in scores), strict=True))  # type: ignore[return-value]


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 and a sentence on stderr where it cannot be done."""
    args = _parser().parse_args(argv)
    try:
        pages = marked(args.folder)
        rows = [measured(name, extract, pages) for name, extract in extractors().items()]
        seconds = pdf_seconds()
    except SearchError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    print(json.dumps(to_dict(rows, pages, seconds), ensure_ascii=False) if args.json else to_markdown(rows, pages, seconds))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.extraction", description="The text of web pages, ours and peers'.")
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES, metavar="FOLDER", help=f"of pages (default {PAGES})")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, with every page's scores")
    return parser


def marked(folder: Path) -> list[Marked]:
    """The pages of a folder of which it is said what their text is. SearchError where there is none."""
    known = {row["page"]: row for row in json.loads(GOLD.read_text("utf-8"))}
    found = []
    for path in sorted(path for path in folder.glob("*") if path.suffix in (".html", ".htm", ".xhtml")):
        data = path.read_bytes()
        beside = path.with_name(f"{path.name}.txt")
        row = known.get(hashlib.sha256(data).hexdigest()[:16])
        if row is None and not beside.is_file():
            print(f"{path.name}: nobody said what its text is", file=sys.stderr)
            continue
        page = decode(data, declared(data))
        text = beside.read_text("utf-8") if beside.is_file() else _selected(tree(page), row["keep"], row["drop"])  # type: ignore[index]
        found.append(Marked(path.name, page, _heading(page), text))
    if not found:
        raise SearchError(f"no page in {folder} of which it is said what its text is")
    return found


def _selected(root: HtmlElement, keep: Sequence[str], drop: Sequence[str]) -> str:
    """The text of elements without some within; none stands within another."""
    for path in (*drop, "//h1", "//script", "//style"):
        for element in root.xpath(path):
            if element.getparent() is not None:
                element.drop_tree()
    return "\n".join("".join(element.itertext()) for path in keep for element in root.xpath(path))


def _heading(page: str) -> str:
    first = tree(page).find(".//h1")
    return _letters("".join(first.itertext())) if first is not None else ""


def measured(name: str, extract: Callable[[str], str], pages: Sequence[Marked]) -> Row:
    """An extractor over all pages."""
    scores: dict[str, Score] = {}
    refused = 0
    started = time.process_time()
    for page in pages:
        text = _without_heading(extract(page.page), page.heading)
        if page.text.strip():
            scores[page.name] = score(text, page.text)
        else:
            refused += not _letters(text)
    return Row(name, scores, refused, 1000 * (time.process_time() - started) / len(pages))


def _without_heading(text: str, heading: str) -> str:
    lines = text.split("\n")
    place = next((place for place, line in enumerate(lines) if heading and _letters(line) == heading), None)
    return "\n".join(lines[:place] + lines[place + 1 :]) if place is not None else text


def score(found: str, text: str) -> Score:
    """By shingles, each as often as it occurs; white space and punctuation count nothing."""
    ours, theirs = shingles(found), shingles(text)
    common = sum((ours & theirs).values())
    return Score(common / max(1, sum(ours.values())), common / max(1, sum(theirs.values())))


def shingles(text: str) -> Counter[str]:
    """All stretches of SHINGLE letters and digits; a shorter text is one."""
    letters = _letters(text)
    return (
        Counter(letters[place : place + SHINGLE] for place in range(max(1, len(letters) - SHINGLE + 1)))
        if letters
        else Counter()
    )


def _letters(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isalnum())


def pdf_seconds() -> dict[str, float]:
    """Seconds to read a paper of 40 pages in two columns: of CPU, and as `load` waits for it, for the first file and for others."""
    from tests.indexer.pdf_files import two_columns

    data = two_columns(40)
    cpu: list[float] = []
    first: list[float] = []
    others: list[float] = []
    for _ in range(ROUNDS):
        started = time.process_time()
        pdf.read(data)
        cpu.append(time.process_time() - started)
        with Apart() as apart:
            for times in (first, others):
                begun = time.perf_counter()
                apart.read("pdf", data)
                times.append(time.perf_counter() - begun)
    return {"cpu": statistics.median(cpu), "first": statistics.median(first), "others": statistics.median(others)}


def to_markdown(rows: Sequence[Row], pages: Sequence[Marked], seconds: Mapping[str, float]) -> str:
    """To be pasted."""
    empty = sum(not page.text.strip() for page in pages)
    lines = [
        f"### Text of {len(pages) - empty} pages, and {empty} that hold none",
        "",
        "| | precision | recall | F1 | refused | CPU ms a page |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        precision, recall, f1 = row.means()
        lines.append(
            f"| {row.name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {row.refused}/{empty} | {row.milliseconds:.1f} |"
        )
    lines += [
        "",
        f"- shingles of {SHINGLE} characters, the means over pages; refused: of the pages that hold no text. The names of columns, which"
        " our reader repeats in every row of a table, and the numbers of headings, which it leaves out, count against it",
        f"- a PDF of 40 pages in two columns: {seconds['cpu']:.2f} s of CPU; through the process of its own {seconds['first']:.2f} s"
        f" as the first file, {seconds['others']:.2f} s after that (medians of {ROUNDS})",
    ]
    return "\n".join(lines)


def to_dict(rows: Sequence[Row], pages: Sequence[Marked], seconds: Mapping[str, float]) -> dict[str, Any]:
    """For JSON."""
    return {
        "pages": len(pages),
        "without_text": sum(not page.text.strip() for page in pages),
        "extractors": [
            {
                "name": row.name,
                **dict(zip(("precision", "recall", "f1"), row.means(), strict=True)),
                "refused": row.refused,
                "ms": row.milliseconds,
                "f1_by_page": {name: score.f1 for name, score in row.scores.items()},
            }
            for row in rows
        ],
        "pdf_seconds": dict(seconds),
    }


if __name__ == "__main__":
    sys.exit(main())
