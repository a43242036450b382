"""`python -m web serve` in a process of its own, as an operator starts it, and clients that ask it without pause."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from search.settings import Settings
from tests.conftest import ROOT

READY_SECONDS = 120  # the models are opened on two cores that tests share


class Served:
    """A running server: its address, and its log, line by line."""

    def __init__(self, settings: Settings, *options: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("XINGLIN_", "PROMETHEUS_"))}
        own |= {"XINGLIN_ENGINE": settings.engine_url, "XINGLIN_VAR": str(settings.var), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "web", "serve", "--port", "0", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        self.process = subprocess.Popen(command, env=own, cwd=ROOT, **pipes)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.url = self.wait_for("listening")["url"]

    def wait_for(self, event: str, count: int = 1) -> dict:
        """The event of this name, when it was logged so many times."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = [row for row in self.events() if row["event"] == event]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"no {count} x {event!r} in:\n" + "\n".join(self.lines))

    def events(self) -> list[dict]:
        """The log; every line of it is JSON."""
        return [json.loads(line) for line in list(self.lines)]

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body; a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, quote(path, safe="/?&=%+#:"), headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the server."""
        return http.client.HTTPConnection(str(urlsplit(self.url).hostname), urlsplit(self.url).port, timeout=60)

    def workers(self) -> list[int]:
        """The workers' process ids."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        self._reader.join()
        return status

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip("\n"))


@contextmanager
def served(settings: Settings, *options: str) -> Iterator[Served]:
    """A server of two workers that have opened everything; stopped at the end."""
    server = Served(settings, *options)
    try:
        server.wait_for("worker ready", 2)
        yield server
    finally:
        server.stop()


@dataclass
class Asking:
    """What clients that ask without pause were answered: statuses, and what went wrong."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def of(self, server: Served, paths: Sequence[str], clients: int = 3) -> Iterator["Asking"]:
        """Ask for these paths in turn, from several threads, for as long as the block lasts."""
        over = threading.Event()
        threads = [threading.Thread(target=self._ask, args=(server, paths[i:] + paths[:i], over)) for i in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _ask(self, server: Served, paths: Sequence[str], over: threading.Event) -> None:
        while not over.is_set():
            for path in paths:
                try:
                    status, _, body = server.get(path)
                    self.statuses.append(status)
                    self.bodies.append(body)
                    if status != 200:
                        self.failures.append(f"{status} {path}: {body[:300]}")
                except (OSError, http.client.HTTPException) as exc:
                    self.failures.append(f"{path}: {exc!r}")
