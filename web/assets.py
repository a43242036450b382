"""Style sheet and scripts, kept by browsers for a year: their address changes with what they hold."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask

YEAR_SECONDS = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Put a digest of each file into its address."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_SECONDS
    folder = Path(str(app.static_folder))
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in folder.iterdir()}

    @app.url_defaults
    def add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") in digests:
            values["v"] = digests[values["filename"]]
