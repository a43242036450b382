"""What a search process takes: memory after some queries, time to its first answer; and the index on disk."""

import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from bench.child import dialogue, environ
from bench.report import Row, Table
from bench.timing import Spread
from search.corpus_index import index_folder
from search.errors import SearchError
from search.settings import Settings

ANSWERED = 50  # queries before memory is read
QUERY = ["search", "query"]


def memory_table(texts: Sequence[str], settings: Settings, rounds: int) -> Table:
    """Memory of `python -m search query -` after 50 hybrid queries."""
    samples = [resident_after(list(islice(cycle(texts), ANSWERED)), settings) for _ in range(rounds)]
    rows = tuple(Row(name, (Spread.of([sample[name] for sample in samples]),)) for name in samples[0])
    return Table(f"Memory of a process after {ANSWERED} hybrid queries", ("MB",), rows)


def resident_after(texts: Sequence[str], settings: Settings) -> dict[str, float]:
    """Name -> megabytes (10^6) of the process that has answered these texts."""
    with dialogue([*QUERY, "-"], settings) as child:
        for text in texts:
            child.tell(text)
            child.hear()
        return _megabytes(Path(f"/proc/{child.pid}"))


def _megabytes(process: Path) -> dict[str, float]:
    """From proc(5), which counts in KiB."""
    wanted = {"VmRSS": "resident", "RssAnon": "of it not of files", "VmHWM": "resident at its peak"}
    lines = [line.split() for line in (process / "status").read_text().splitlines()]
    found = {wanted[name[:-1]]: int(rest[0]) * 1.024e-3 for name, *rest in lines if name[:-1] in wanted}
    rollup = (process / "smaps_rollup").read_text().splitlines()
    pss = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return {**found, "proportional (PSS)": pss * 1.024e-3}


def start_table(text: str, settings: Settings, rounds: int) -> Table:
    """Seconds from a command's start to its answer; the first run, which reads files from disk, is not counted."""
    rankings = ("bm25", "hybrid")
    seconds: dict[str, list[float]] = {name: [] for name in rankings}
    for number in range(rounds + 1):
        for name in rankings:
            taken = _first_answer([*QUERY, text, "--ranking", name, "--json"], settings)
            seconds[name].extend([taken] if number else [])
    rows = tuple(Row(f"{name}, python -m search query", (Spread.of(values),)) for name, values in seconds.items())
    return Table("Start to first answer", ("seconds",), rows)


def _first_answer(command: Sequence[str], settings: Settings) -> float:
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", *command], env=environ(settings), stdout=subprocess.PIPE) as child:
        assert child.stdout
        answer = child.stdout.readline()
        taken = time.perf_counter() - started
    if not answer or child.returncode:
        raise SearchError(f"{' '.join(command)} gave no answer; see above")
    return taken


def disk_table(corpus: Path, settings: Settings, documents: int) -> Table:
    """Kilobytes (10^3) a document: of the index with versions and vectors, and of the corpus as given."""
    rows = tuple(
        Row(name, (_one(size / 1e6), _one(size / 1e3 / documents)))
        for name, size in (("index", _size(index_folder(settings))), ("corpus as given", _size(corpus)))
    )
    return Table("On disk", ("MB", "kB a document"), rows)


def _one(value: float) -> Spread:
    return Spread.of([value])


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
