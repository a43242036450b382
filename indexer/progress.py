"""Progress on stderr: a line that is rewritten on a terminal, and now and then a line elsewhere."""

import sys
import time

QUIET_SECONDS = 30.0  # between two lines where nobody watches


class Progress:
    """Counts documents; with a total it also says how long it will take."""

    def __init__(self, label: str, total: int = 0) -> None:
        self._label = label
        self._total = total
        self._done = 0
        self._started = self._shown = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def advance(self, count: int) -> None:
        """So many documents more are done."""
        self._done += count
        now = time.monotonic()
        if self._terminal or now - self._shown >= QUIET_SECONDS:
            self._shown = now
            self._write("\r" if self._terminal else "", "" if self._terminal else "\n")

    def done(self) -> None:
        """The last line."""
        self._write("\r" if self._terminal else "", "\n")

    def _write(self, before: str, after: str) -> None:
        seconds = max(time.monotonic() - self._started, 1e-3)
        rate = self._done / seconds
        left = f"，约剩 {(self._total - self._done) / rate:.0f} 秒" if self._total > self._done and rate else ""
        total = f"/{self._total:,}" if self._total else ""
        print(
            f"{before}{self._label} {self._done:,}{total} 篇，每秒 {rate:.1f} 篇{left}   ",
            end=after,
            file=sys.stderr,
            flush=True,
        )
