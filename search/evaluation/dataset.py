"""Judged sets in BEIR layout: corpus.jsonl, queries.jsonl, qrels/<split>.tsv; or, as our samples, pages/, queries.tsv, qrels.tsv."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from search.errors import BadQuery

SPLITS = ("dev", "test", "train")  # the one that is taken where none is named: the first of these that there is


@dataclass(frozen=True)
class Dataset:
    """A folder of judged queries over a corpus."""

    folder: Path
    split: str
    qrels_path: Path

    @classmethod
    def open(cls, folder: Path, split: str | None = None) -> "Dataset":
        """The set in this folder; BadQuery says what is missing, and which splits there are."""
        if not folder.is_dir():
            raise BadQuery(f"没有文件夹 {folder}")
        found = {path.stem: path for path in (*sorted(folder.glob("qrels/*.tsv")), *folder.glob("qrels.tsv"))}
        if not found:
            raise BadQuery(f"{folder} 里没有 qrels/<split>.tsv，也没有 qrels.tsv")
        name = split or next((name for name in SPLITS if name in found), min(found))
        if name not in found:
            raise BadQuery(f"{folder} 没有名为 {name} 的划分；可选：{' '.join(sorted(found))}")
        return cls(folder, name, found[name])

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.resolve().name

    @cached_property
    def qrels(self) -> dict[str, dict[str, int]]:
        """Query id -> document id -> relevance; a header line is passed over."""
        table: dict[str, dict[str, int]] = {}
        for number, fields in _rows(self.qrels_path):
            if len(fields) == 4:  # TREC's own layout has an iteration in the second column
                fields = [fields[0], *fields[2:]]
            try:
                table.setdefault(fields[0], {})[fields[1]] = int(fields[2])
            except (IndexError, ValueError):
                if number > 1:
                    raise BadQuery(f"{self.qrels_path}:{number} 不是“查询 文档 分数”") from None
        return table

    @cached_property
    def queries(self) -> dict[str, str]:
        """Query id -> text, of the judged queries; BadQuery where none of them is judged."""
        found = {query_id: text for query_id, text in self._all_queries() if query_id in self.qrels}
        if not found:
            raise BadQuery(f"{self.folder} 的查询没有一个在 {self.qrels_path} 里有评判；请核对两边的编号")
        return found

    @cached_property
    def corpus(self) -> Path:
        """What `python -m indexer load` is given: a corpus.jsonl or a folder of pages."""
        path = self.folder / "corpus.jsonl"
        if path.is_file():
            return _followed(path)
        if (self.folder / "pages").is_dir():
            return self.folder / "pages"
        raise BadQuery(f"{self.folder} 里没有 corpus.jsonl，也没有 pages/")

    def _all_queries(self) -> Iterator[tuple[str, str]]:
        path = self.folder / "queries.jsonl"
        if path.is_file():
            for number, fields in _rows(path):
                try:
                    row = json.loads("\t".join(fields))
                    yield str(row["_id"]), str(row["text"])
                except (ValueError, TypeError, KeyError):
                    raise BadQuery(f'{path}:{number} 不是 {{"_id": …, "text": …}}') from None
        else:
            path = self.folder / "queries.tsv"
            for number, fields in _rows(path):
                if len(fields) < 2:
                    raise BadQuery(f"{path}:{number} 不是“编号 制表符 问题”")
                yield fields[0], fields[1]


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line.rstrip("\r\n").split("\t")


def _followed(path: Path) -> Path:
    """A link to another set's corpus; where links were checked out as text, the file holds one path."""
    if path.stat().st_size < 4096:
        target = path.read_text(encoding="utf-8").strip()
        if target and not target.startswith("{") and (path.parent / target).is_file():
            return (path.parent / target).resolve()
    return path
