"""Formats whose files can break their parsers are read in a process of its own: a file that breaks it is lost alone."""

import json
import logging
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from search.document import Document
from search.errors import BadDocument

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]  # from where `python -m indexer...` is found


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may ask: seconds of computing and of waiting, and bytes of address space, Python's own included."""

    cpu_seconds: int = 120  # 40 pages in two columns take one and a half, so a book of 3,000 pages passes
    wall_seconds: float = 300.0
    memory: int = 2**30


class Apart:
    """A process that reads one file after another; started when the first comes, and anew after a file that ended it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Apart":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def read(self, form: str, data: bytes) -> Document:
        """The document of a file of a format of `child.FORMATS`. BadDocument where it is none, or asks for more than the limits."""
        fresh = self._child is None
        answer = self._ask(form, data)
        if answer.get("exhausted") and not fresh:  # perhaps by the files before
            answer = self._ask(form, data)
        if "trace" in answer:  # a broken file, or a mistake of ours: who looks for one sets XINGLIN_LOG_LEVEL=INFO
            log.info("the reader of %s failed: %s", form, answer["trace"])
        if "document" in answer:
            return Document.from_dict(answer["document"])
        raise BadDocument(answer["refused"])

    def end(self) -> None:
        """End the process; a later `read` starts another."""
        child, self._child = self._child, None
        if child:
            child.kill()
            with suppress(BrokenPipeError), child:  # waits for it, and closes the pipes; what it never took is lost with it
                pass

    def _ask(self, form: str, data: bytes) -> dict[str, Any]:
        child = self._child = self._child or self._started()
        expired = threading.Event()
        timer = threading.Timer(self.limits.wall_seconds, _expire, (child, expired))
        timer.start()
        try:
            line = _exchanged(child, json.dumps({"form": form, "size": len(data)}).encode() + b"\n" + data)
        except BaseException:  # an answer to this must not be taken for the next one's
            self.end()
            raise
        finally:
            timer.cancel()
        answer: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {"exhausted": True}
        if expired.is_set() or answer.get("exhausted"):
            self.end()
        if "document" in answer or "refused" in answer:
            return answer
        return self._explained(expired.is_set(), child.returncode)

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "indexer.readers.child", str(self.limits.cpu_seconds), str(self.limits.memory)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=ROOT, **pipes)  # type: ignore[call-overload, no-any-return]

    def _explained(self, expired: bool, code: int) -> dict[str, Any]:
        """Why there is no answer."""
        if expired:
            return {"refused": f"读了 {self.limits.wall_seconds:.0f} 秒还没读完，已停止：文件太大、太复杂，或有循环"}
        if code == -signal.SIGXCPU:
            return {"refused": f"计算超过 {self.limits.cpu_seconds} 秒，已停止：文件太大、太复杂，或有循环"}
        how = signal.Signals(-code).name if code < 0 else f"退出码 {code}"
        reason = f"解析程序在读它时中断（{how}）：文件可能损坏，或需要的内存超过 {self.limits.memory >> 20} MB"
        return {"refused": reason, "exhausted": True}


def _expire(child: "subprocess.Popen[bytes]", expired: threading.Event) -> None:
    expired.set()
    child.kill()


def _exchanged(child: "subprocess.Popen[bytes]", request: bytes) -> bytes:
    """The answer; without its line end where the process ended before."""
    assert child.stdin
    assert child.stdout
    with suppress(BrokenPipeError):
        child.stdin.write(request)
        child.stdin.flush()
    return child.stdout.readline()
