"""What was measured, as Markdown tables or one JSON object."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.timing import Series, Spread


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured; a ratio is to the row that `peer` names."""

    name: str
    cells: tuple[Spread | None, ...]
    peer: str = ""
    ratio: Spread | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title; notes say how they were measured."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """All tables, what they were measured on and with, and what was left out and why."""

    machine: dict[str, Any]
    data: dict[str, Any]
    tables: list[Table] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "machine": self.machine,
            "data": self.data,
            "tables": [_plain(table) for table in self.tables],
            "skipped": self.skipped,
        }

    def to_markdown(self) -> str:
        """To be pasted."""
        lines = [*_facts(self.machine), *_facts(self.data)]
        lines.append("- figures: the median of the rounds (least–greatest round); ratios: to the peer named, round by round")
        for table in self.tables:
            lines += ["", f"### {table.title}", "", *_lines(table)]
            lines += ["", *(f"- {note}" for note in table.notes)] if table.notes else []
        if self.skipped:
            lines += ["", "### Left out", "", *(f"- {name}: {reason}" for name, reason in self.skipped.items())]
        return "\n".join(lines)


def latency_rows(found: Mapping[str, Series], peers: Mapping[str, str]) -> tuple[Row, ...]:
    """A row of p50 and p95 for every series; `peers` names the row that a row is held against."""
    return tuple(
        Row(
            name,
            (series.percentile(0.5), series.percentile(0.95)),
            peers.get(name, ""),
            series.ratio(found[peers[name]]) if peers.get(name) in found else None,
        )
        for name, series in found.items()
    )


def shown(spread: Spread | None) -> str:
    """12.3 (11.9–13.0); without the brackets where all rounds agree or there was one."""
    if spread is None:
        return ""
    middle, low, high = map(_figure, (spread.median, spread.low, spread.high))
    return middle if low == high else f"{middle} ({low}–{high})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _lines(table: Table) -> list[str]:
    with_peer = any(row.ratio for row in table.rows)
    heads = ("", *table.columns, *(("× peer", "peer") if with_peer else ()))
    lines = [_line(heads), _line(["---"] + ["---:"] * len(table.columns) + (["---:", "---"] if with_peer else []))]
    for row in table.rows:
        cells = [row.name, *map(shown, row.cells)]
        lines.append(_line([*cells, shown(row.ratio), row.peer if row.ratio else ""] if with_peer else cells))
    return lines


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _facts(facts: Mapping[str, Any]) -> list[str]:
    return [f"- {name.replace('_', ' ')}: {_value(value)}" for name, value in facts.items()]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(table: Table) -> dict[str, Any]:
    rows = [
        {
            "name": row.name,
            **{column: asdict(cell) if cell else None for column, cell in zip(table.columns, row.cells, strict=True)},
            "peer": row.peer if row.ratio else None,
            "ratio": asdict(row.ratio) if row.ratio else None,
        }
        for row in table.rows
    ]
    return {"title": table.title, "rows": rows, "notes": list(table.notes)}
