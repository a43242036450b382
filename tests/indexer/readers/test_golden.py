"""Every pair in tests/indexer/data: a file, and beside it (.json) the documents and refusals it gives."""

import json
from contextlib import chdir
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from indexer.readers.paths import Refusal, read_paths

DATA = Path(__file__).parents[1] / "data"
FILES = sorted(path.name for path in DATA.iterdir() if path.suffix != ".json")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_there_are_pairs_of_every_format():
    assert {Path(name).suffix for name in FILES} >= {".txt", ".md", ".jsonl", ".html", ".htm", ".xhtml", ".pdf", ".docx"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_the_documents_written_beside_it(name):
    expected = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    assert as_json(reads(name)) == expected


@pytest.mark.parametrize("name", FILES)
def test_sections_lie_in_the_text_and_do_not_overlap(name):
    for read in reads(name):
        borders = [] if isinstance(read, Refusal) else [border for s in read.sections for border in (s.start, s.end)]
        assert borders == sorted(borders)
        assert not borders or borders[-1] <= len(read.text)


@cache
def reads(name):
    with chdir(DATA):
        return list(read_paths([name], now=NOW))


def as_json(reads):
    """As the .json files hold them; to add a pair, write this beside the new file and read it through."""
    values = [{"refused": r.where, "reason": r.reason} if isinstance(r, Refusal) else r.to_dict() for r in reads]
    return json.loads(json.dumps(values))
