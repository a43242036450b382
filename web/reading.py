"""The process's one Searcher, opened at its first use: nothing may be open when a server forks its workers."""

import threading
from collections.abc import Callable

from flask import current_app

from search.searcher import Searcher

KEY = "searcher"


class OpenedOnce:
    """Opens a Searcher when it is first asked for, and closes what it opened."""

    def __init__(self, open_searcher: Callable[[], Searcher]) -> None:
        self._open = open_searcher
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None

    def __call__(self) -> Searcher:
        """The Searcher; an error of opening it is raised each time, until it can be opened."""
        with self._lock:
            if self._searcher is None:
                self._searcher = self._open()
            return self._searcher

    def close(self) -> None:
        """Close the engine, if it was opened; the next use opens it again."""
        with self._lock:
            if self._searcher is not None:
                self._searcher.engine.close()
                self._searcher = None


def searcher() -> Searcher:
    """The Searcher of the app that answers this request."""
    opened: OpenedOnce = current_app.extensions[KEY]
    return opened()
