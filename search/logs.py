"""Logging: `configure` is called once, by each entry point. Query text is health data: it belongs at DEBUG alone."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

TOLD_ANYWAY = ("elastic_transport",)  # a traceback for every retry of what our own error then says in a sentence
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}  # what every record has

request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonLine(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event, the request's id, and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        row: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if request_id.get():
            row["request_id"] = request_id.get()
        row |= {name: value for name, value in vars(record).items() if name not in OWN}
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False, default=str)


def configure(level: str = "WARNING", *, as_json: bool = False) -> None:
    """One line an event on stderr, so that stdout stays the command's answer; for a server, JSON lines on stdout."""
    handler = logging.StreamHandler(sys.stdout if as_json else sys.stderr)
    handler.setFormatter(JsonLine() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in TOLD_ANYWAY:
        logging.getLogger(name).setLevel(level.upper() if level.upper() == "DEBUG" else logging.CRITICAL)
