"""The site as it is run: seconds to start, one client's times, requests a second; the client shares the server's machine."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.child import environ
from bench.report import Row, Table
from bench.timing import Series, Spread
from search.errors import SearchError
from search.settings import Settings

WORKERS = 2
CLIENTS = 4  # where requests a second are counted: enough to keep two workers busy
WARM_UP = 30  # requests before any is timed
PAGE, DATA = "/search?ranking=hybrid", "/api/search?ranking=bm25"


class Site:
    """A running server: what its log said of its start, and its resident memory."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.address = urlsplit(self._heard("listening", 1)["url"]).netloc
        self.answers = float(self._heard("worker answers", WORKERS)["seconds"])
        self.ready = float(self._heard("worker ready", WORKERS)["seconds"])
        self._rest = threading.Thread(target=lambda: [None for _ in process.stdout or ()])
        self._rest.start()

    def close(self) -> None:
        """Stop it, and wait for the end of its output."""
        self._process.terminate()
        self._process.wait()
        self._rest.join()

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stays open."""
        return http.client.HTTPConnection(self.address, timeout=60)

    def megabytes(self) -> float:
        """Memory of all workers and the master, shared pages counted once (PSS), in 10^6 bytes."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(_pss(Path(f"/proc/{one}")) for one in (str(pid), *children))

    def _heard(self, event: str, count: int) -> dict[str, str]:
        """The event of this name, at its so manieth time."""
        while count:
            line = (self._process.stdout.readline() if self._process.stdout else "") or ""
            if not line:
                raise SearchError("python -m web serve ended before it was ready; see above")
            row = json.loads(line)
            if row["event"] == "worker is not ready":
                raise SearchError(f"python -m web serve: {row}")
            count -= row["event"] == event
        return dict(row)


@contextmanager
def site(settings: Settings) -> Iterator[Site]:
    """`python -m web serve` on any free port, its models open; stopped at the end."""
    command = [sys.executable, "-m", "web", "serve", "--port", "0", "--workers", str(WORKERS), "--no-limits"]
    with subprocess.Popen(command, env=environ(settings), stdout=subprocess.PIPE, text=True) as process:
        try:
            running = Site(process)
        except BaseException:
            process.terminate()
            raise
        try:
            yield running
        finally:
            running.close()


def web_tables(texts: Sequence[str], settings: Settings, rounds: int, seconds: float) -> list[Table]:
    """Start, latency, throughput, memory."""
    with site(settings) as running:
        for path in (PAGE, DATA):
            timed(running, path, list(islice(cycle(texts), WARM_UP)))
        alone = {path: Series([timed(running, path, texts) for _ in range(rounds)]) for path in (PAGE, DATA)}
        before = running.megabytes()
        rates = {path: [rate(running, path, texts, seconds) for _ in range(rounds)] for path in (PAGE, DATA)}
        grown = running.megabytes() - before
        return [
            _start(running),
            Table(
                "The site, one client",
                ("p50 ms", "p95 ms"),
                tuple(Row(path, (one.percentile(0.5), one.percentile(0.95))) for path, one in alone.items()),
                ("through a socket on this machine, the connection kept open; queries encoded anew each time",),
            ),
            Table(
                f"The site, {CLIENTS} clients, {WORKERS} workers",
                ("requests/s",),
                tuple(Row(path, (Spread.of(values),)) for path, values in rates.items()),
                (
                    f"{seconds:g} s a round; clients (threads of one process) and server share this machine's cores",
                    f"memory of all processes: {before:,.0f} MB, {grown:+,.0f} MB after this; any answer but 200 ends the bench",
                ),
            ),
        ]


def timed(running: Site, path: str, texts: Sequence[str]) -> list[float]:
    """Milliseconds of one request a text, one after another."""
    connection = running.connect()
    times = []
    for text in texts:
        began = time.perf_counter()
        ask(connection, path, text)
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return times


def rate(running: Site, path: str, texts: Sequence[str], seconds: float) -> float:
    """Requests a second by several clients, each beginning elsewhere in the texts."""
    counts = [0] * CLIENTS
    failures: list[BaseException] = []
    began = time.perf_counter()

    def client(number: int) -> None:
        connection = running.connect()
        try:
            for text in cycle([*texts[number::CLIENTS], *texts]):
                if time.perf_counter() - began > seconds:
                    break
                ask(connection, path, text)
                counts[number] += 1
        except (OSError, http.client.HTTPException, SearchError) as exc:
            failures.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SearchError(f"{path}: {failures[0]}")
    return sum(counts) / (time.perf_counter() - began)


def ask(connection: http.client.HTTPConnection, path: str, text: str) -> None:
    """One request, read to its end; SearchError where it is not answered with 200."""
    connection.request("GET", f"{path}&{urlencode({'q': text})}")
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SearchError(f"{path} was answered {answer.status}: {body[:300].decode(errors='replace')}")


def _start(running: Site) -> Table:
    found: Mapping[str, float] = {"all workers answer": running.answers, "all models are open": running.ready}
    rows = tuple(Row(name, (Spread.of([value]),)) for name, value in found.items())
    return Table(f"Starting the site, {WORKERS} workers", ("s",), rows, ("since the process began, as its log says",))


def _pss(process: Path) -> float:
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1.024e-3
