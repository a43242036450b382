"""Floors under the measures of our samples: a change that makes a ranking worse is seen, and never passes unsaid."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search.errors import BadQuery

GUARDED = ("nDCG@10", "R@100", "Success@1")
SLACK = 0.005  # what another processor's last bits, or a tie that falls otherwise, may cost

Floors = dict[str, dict[str, float]]


def read_floors(path: Path) -> Floors:
    """Ranking -> measure -> the least that is accepted."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadQuery(f"没有 {path}；加 --set-floors 写一份") from None


def below(report: Mapping[str, Any], floors: Floors) -> list[str]:
    """A sentence for each measure that lies below its floor."""
    rows = report["rankings"]
    return [
        f"{name} 的 {measure} 是 {rows[name][measure]:.4f}，低于底线 {least:.4f}"
        for name, measures in floors.items()
        for measure, least in measures.items()
        if name in rows and rows[name][measure] < least - SLACK
    ]


def write_floors(path: Path, report: Mapping[str, Any], allow_lower: bool) -> None:
    """The report's measures as floors; one that stood higher stays, unless lowering was asked for by name."""
    before = read_floors(path) if path.is_file() else {}
    rows = {name: row for name, row in report["rankings"].items() if " - " not in name}
    floors = {
        name: {
            measure: row[measure] if allow_lower else max(row[measure], before.get(name, {}).get(measure, 0.0))
            for measure in GUARDED
        }
        for name, row in rows.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")
