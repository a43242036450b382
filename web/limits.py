"""How often one client may ask. Each process counts for itself, in memory: with n workers up to n times as much passes."""

import math
import time
from collections.abc import Mapping

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# Kind of address -> requests a minute. A person at pages and keys never comes near; a program that asks without pause does.
A_MINUTE: Mapping[str, int] = {"/api": 300, "/suggest": 600, "/": 240}
SUGGEST = ("/suggest", "/api/suggest")
FREE = ("/static/", "/health/", "/metrics")  # files that browsers keep, and what machines ask on a beat
KEY = "limits"


def register(app: Flask, enabled: bool) -> None:
    """Count requests by client and by kind of address, and answer 429 to what is too much."""
    app.extensions[KEY] = Limiter(
        lambda: f"{kind_of(request.path)} {get_remote_address()}",
        app=app,
        application_limits=[lambda: f"{A_MINUTE[kind_of(request.path)]} per minute"],
        application_limits_exempt_when=lambda: request.path.startswith(FREE),
        storage_uri="memory://",
        headers_enabled=True,
        enabled=enabled,
    )


def kind_of(path: str) -> str:
    """Which limit counts a request for this path."""
    return "/suggest" if path in SUGGEST else "/api" if path.startswith("/api/") else "/"


def seconds_left() -> int:
    """How long the client of this request, who asked too much, has to wait."""
    limit = current_app.extensions[KEY].current_limit
    return max(1, math.ceil(limit.reset_at - time.time())) if limit else 60
