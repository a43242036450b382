"""Child processes: their environment, and talking to one line by line."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from search.errors import SearchError
from search.settings import Settings


def environ(settings: Settings) -> dict[str, str]:
    """The environment of a child with these settings."""
    return {**os.environ, "PYTHONUTF8": "1", **settings.to_environ()}


class Dialogue:
    """A child that is told lines and answers lines."""

    def __init__(self, command: str, pid: int, told: IO[str], answers: IO[str]) -> None:
        self.pid = pid
        self._command, self._told, self._answers = command, told, answers

    def tell(self, line: str) -> None:
        """Send one line."""
        print(line.replace("\n", " "), file=self._told, flush=True)

    def hear(self) -> str:
        """The next line; SearchError where the child has ended."""
        if not (line := self._answers.readline()):
            raise SearchError(f"{self._command} ended without an answer; see above")
        return line.rstrip("\n")


@contextmanager
def dialogue(arguments: Sequence[str], settings: Settings) -> Iterator[Dialogue]:
    """`python -m` with these arguments and settings; ended by the end of its input."""
    command = [sys.executable, "-m", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environ(settings), text=True, encoding="utf-8", **pipes) as child:  # type: ignore[call-overload]
        try:
            yield Dialogue(" ".join(command[1:]), child.pid, child.stdin, child.stdout)
        finally:
            child.stdin.close()
