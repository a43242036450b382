"""One log line a request, with an id that its answer carries too. Never the query string: what was asked is health data."""

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

from search.logs import request_id

log = logging.getLogger(__name__)
HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")  # an id that a proxy gave is kept, if it is one


def register(app: Flask) -> None:
    """Number and time every request. Registered first, so that its line is written after all that others do."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        request_id.set(given if _GIVEN.fullmatch(given) else uuid.uuid4().hex)
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = request_id.get()
        log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round(milliseconds(), 1),
            },
        )
        return response


def milliseconds() -> float:
    """How long this request has taken so far."""
    return (time.perf_counter() - g.began) * 1000
