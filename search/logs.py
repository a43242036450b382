"""Logging: `configure` is called once, by each entry point. Query text is health data: it belongs at DEBUG alone."""

import logging
import sys

TOLD_ANYWAY = ("elastic_transport",)  # a traceback for every retry of what our own error then says in a sentence


def configure(level: str = "WARNING") -> None:
    """One line an event on stderr, so that stdout stays the command's answer."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in TOLD_ANYWAY:
        logging.getLogger(name).setLevel(level.upper() if level.upper() == "DEBUG" else logging.CRITICAL)
