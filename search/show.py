"""Results as the command line shows them: a JSON object, or lines for a person."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypedDict
from unicodedata import east_asian_width

from search.doctor import Finding
from search.query import Hit, Query, Reason, Results

BAR = 20
WORD_LEGS = ("bm25.", "concepts.")  # their offsets are words


class ReasonRow(TypedDict):
    """One leg's part of a hit's score: contribution = weight * score; offsets [start, end) of what matched, in characters."""

    leg: str
    rank: int
    raw: float
    score: float
    weight: float
    contribution: float
    offsets: list[list[int]]


class HitRow(TypedDict):
    """One document of the answer; rank counts from 1, score is 0 to 1 and the sum of the reasons' contributions."""

    rank: int
    doc_id: str
    title: str
    source: str
    published_at: str | None
    score: float
    snippet: str
    reasons: list[ReasonRow]


class SearchRow(TypedDict):
    """The answer to a query; concepts: what was understood of it; facets: field -> value -> number of documents."""

    query: str
    ranking: str
    total: int
    took_ms: float
    concepts: list[str]
    notices: list[str]
    hits: list[HitRow]
    facets: dict[str, dict[str, int]]


def to_dict(query: Query, ranking: str, results: Results) -> SearchRow:
    """The JSON answer; fields may be added, never renamed."""
    return {
        "query": query.text,
        "ranking": ranking,
        "total": results.total,
        "took_ms": results.took_ms,
        "concepts": list(results.concepts),
        "notices": list(results.notices),
        "hits": [hit_row(hit) for hit in results.hits],
        "facets": {name: dict(_by_count(values)) for name, values in results.facets.items()},
    }


def to_text(results: Results, reasons: bool = True) -> str:
    """The answer for a terminal."""
    lines = [f"找到 {results.total:,} 篇（{results.took_ms:.0f} 毫秒）"]
    lines += [f"理解为：{'、'.join(results.concepts)}"] if results.concepts else []
    lines += results.notices
    for hit in results.hits:
        lines.append(f"\n{hit.rank}. {hit.entry.document.title}   {hit.score:.3f}")
        lines.append(f"   {_byline(hit)}")
        lines.append("   " + hit.snippet.replace("\n", " "))
        if reasons:
            lines.extend(_reason_line(reason, hit) for reason in hit.reasons)
    facets = {name: _by_count(values)[:6] for name, values in results.facets.items() if values}
    lines.extend(f"\n{name}: " + "  ".join(f"{value} {count}" for value, count in values) for name, values in facets.items())
    return "\n".join(lines)


def side_by_side(answers: Mapping[str, Results], width: int = 58) -> str:
    """Several rankings' first hits in columns, each with the words and legs that brought it; a mark where only one has it."""
    columns = [[_cell(hit, name, answers, width) for hit in results.hits] for name, results in answers.items()]
    heads = [[f"{name}：{results.total:,} 篇"] for name, results in answers.items()]
    rows = [heads, *zip_longest(*columns, fillvalue=[])]
    lines = []
    for row in rows:
        for cells in zip_longest(*row, fillvalue=""):
            lines.append(" │ ".join(_pad(cell, width) for cell in cells).rstrip())
        lines.append("─┼─".join("─" * width for _ in row))
    return "\n".join(lines)


def _cell(hit: Hit, name: str, answers: Mapping[str, Results], width: int) -> list[str]:
    """Title and score; the words that were found, 同义 among them; the legs that gave most."""
    others = {other.entry.doc_id for key, results in answers.items() if key != name for other in results.hits}
    only = "" if hit.entry.doc_id in others else "  （只此）"
    found = [word for reason in hit.reasons if reason.leg.startswith(WORD_LEGS) for word in _words(reason, hit)]
    why = f"找到：{'、'.join(dict.fromkeys(found))}" if found else "没有相同的词，意思相近"
    best = sorted(hit.reasons, key=lambda reason: -reason.contribution)[:4]
    parts = " + ".join(f"{reason.leg} {reason.contribution:.2f}" for reason in best)
    return [
        f"{hit.rank}. {hit.entry.document.title}  {hit.score:.2f}{only}",
        f"   {_clip(why, width - 3)}",
        f"   {_clip(parts, width - 3)}",
    ]


def _words(reason: Reason, hit: Hit) -> list[str]:
    """The stretches that a reason points at, in the spelling of the page."""
    text = hit.entry.document.title if reason.leg.endswith(".title") else hit.entry.document.text
    return [text[start:end].replace("\n", " ") for start, end in reason.offsets]


def _columns(text: str) -> int:
    """Columns of a terminal that the text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _clip(text: str, width: int) -> str:
    while _columns(text) > width:
        text = text[:-2] + "…"
    return text


def _pad(text: str, width: int) -> str:
    text = _clip(text, width)
    return text + " " * (width - _columns(text))


def findings_text(findings: Sequence[Finding]) -> str:
    """The doctor's findings, a line each, and under what is not good how to mend it."""
    marks = {"good": "正常", "warning": "注意", "bad": "不对"}
    lines = []
    for finding in findings:
        lines.append(f"{marks[finding.state]}  {finding.name:<14} {finding.detail}")
        if finding.mend:
            lines.append(f"      → {finding.mend}")
    return "\n".join(lines)


def table_text(report: Mapping[str, Any]) -> str:
    """An evaluation's table: a row a ranking."""
    names = list(next(iter(report["rankings"].values())))
    lines = [
        f"{report['set']}（{report['split']}，{report['queries']} 问）",
        f"{'':<12}" + "".join(f"{name:>12}" for name in names),
    ]
    lines.extend(
        f"{ranking:<12}" + "".join(f"{row[name]:>12.4f}" for name in names) for ranking, row in report["rankings"].items()
    )
    lines.extend(f"没有问成，按零分计：{query_id}：{reason}" for query_id, reason in report["refused"].items())
    return "\n".join(lines)


def hit_row(hit: Hit) -> HitRow:
    """A hit for JSON."""
    document = hit.entry.document
    return {
        "rank": hit.rank,
        "doc_id": document.doc_id,
        "title": document.title,
        "source": document.source,
        "published_at": document.published_at.isoformat() if document.published_at else None,
        "score": round(hit.score, 6),
        "snippet": hit.snippet,
        "reasons": [_reason(reason) for reason in hit.reasons],
    }


def _reason(reason: Reason) -> ReasonRow:
    return {
        "leg": reason.leg,
        "rank": reason.rank,
        "raw": round(reason.raw, 6),
        "score": round(reason.score, 6),
        "weight": round(reason.weight, 6),
        "contribution": round(reason.contribution, 6),
        "offsets": [list(pair) for pair in reason.offsets],
    }


def _byline(hit: Hit) -> str:
    document = hit.entry.document
    parts = (document.source, document.published_at, "、".join(document.facts.departments))
    return " · ".join(str(part) for part in parts if part)


def _reason_line(reason: Reason, hit: Hit) -> str:
    bar = "#" * max(1, round(reason.contribution * BAR))
    words = dict.fromkeys(_words(reason, hit))
    shown = "　".join(f"[{word if len(word) <= 24 else word[:24] + '…'}]" for word in list(words)[:8])
    return f"     {reason.leg:<14} 第 {reason.rank:>3}  {reason.weight:.2f} × {reason.score:.2f} = {reason.contribution:.3f} {bar} {shown}"


def _by_count(values: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(values.items(), key=lambda item: (-item[1], item[0]))
