"""The field layouts, read from mappings/*.json: data that both engines share."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "mappings"
CURRENT = {"documents": "documents.v2", "versions": "versions.v1"}  # a changed layout is a new file and a new version


def load_mapping(name: str) -> dict[str, Any]:
    """The body that indices.create takes for `documents` or `versions`; its version: ["mappings"]["_meta"]["version"].

    Each call reads afresh, so the caller may fill in what is left open. KeyError for another name.
    """
    return json.loads((FOLDER / f"{CURRENT[name]}.json").read_text("utf-8"))
