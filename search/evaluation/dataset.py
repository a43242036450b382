"""Judged sets in BEIR layout: corpus.jsonl, queries.jsonl, qrels/<split>.tsv; or, as our samples, pages/, queries.tsv, qrels.tsv."""

import json
import os
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
            raise _missing(folder, "qrels/<split>.tsv", "qrels.tsv")
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
        """Query id -> document id -> relevance; a header line is passed over. Columns of BEIR or TREC, between tabs or spaces."""
        table: dict[str, dict[str, int]] = {}
        for number, line in _lines(self.qrels_path):
            fields = [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]
            if number == 1 and len(fields) in (3, 4) and not _is_number(fields[-1]):
                continue
            if len(fields) == 4:
                del fields[1]  # TREC's iteration
            try:
                query_id, doc_id, grade = fields
                table.setdefault(query_id, {})[doc_id] = _grade(grade)
            except ValueError:
                raise BadQuery(f"{self.qrels_path}:{number} 不是“查询 文档 分数”，分数要是整数") from None
        return table

    @cached_property
    def queries(self) -> dict[str, str]:
        """Query id -> text, of the judged queries; BadQuery where none of them is judged."""
        found: dict[str, str] = {}
        for where, query_id, text in self._all_queries():
            if found.setdefault(query_id, text) != text:
                raise BadQuery(f"{where} 的编号 {query_id} 前面已经有了，是另一个问题")
        judged = {query_id: text for query_id, text in found.items() if query_id in self.qrels}
        if not judged:
            raise BadQuery(f"{self.folder} 的查询没有一个在 {self.qrels_path} 里有评判；请核对两边的编号")
        return judged

    @cached_property
    def corpus(self) -> Path:
        """What `python -m indexer load` is given: a corpus.jsonl or a folder of pages."""
        path = self.folder / "corpus.jsonl"
        if path.is_file():
            return _followed(path)
        if (self.folder / "pages").is_dir():
            return self.folder / "pages"
        raise _missing(self.folder, "corpus.jsonl", "pages/")

    def _all_queries(self) -> Iterator[tuple[str, str, str]]:
        """Place in a file, id and text of each query."""
        for name, read in (("queries.jsonl", _of_json), ("queries.tsv", _of_tabs)):
            if (path := self.folder / name).is_file():
                for number, line in _lines(path):
                    yield f"{path}:{number}", *read(f"{path}:{number}", line)
                return
        raise _missing(self.folder, "queries.jsonl", "queries.tsv")


def _of_json(where: str, line: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
        query_id, text = row["_id"], row["text"]
    except (ValueError, TypeError, KeyError):
        query_id = text = None
    if not isinstance(query_id, str | int) or not isinstance(text, str):
        raise BadQuery(f'{where} 不是 {{"_id": …, "text": …}}')
    return str(query_id), text


def _of_tabs(where: str, line: str) -> tuple[str, str]:
    fields = line.split("\t")
    if len(fields) < 2:
        raise BadQuery(f"{where} 不是“编号 制表符 问题”")
    return fields[0], fields[1]


def _grade(text: str) -> int:
    if not float(text).is_integer():
        raise ValueError(text)
    return int(float(text))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers from 1."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except UnicodeDecodeError:
        raise BadQuery(f"{path} 不是 UTF-8；请先转换，例如 iconv -f gb18030 -t utf-8 {path}") from None


def _missing(folder: Path, *names: str) -> BadQuery:
    """The error for a set without any of these files; where one is there compressed, how to unpack it."""
    packed = [path for name in names for path in sorted(folder.glob(f"{name.replace('<split>', '*')}.gz"))]
    unpack = f"；请先解压：gunzip -k {' '.join(map(str, packed))}" if packed else ""
    return BadQuery(f"{folder} 里没有 {'，也没有 '.join(names)}{unpack}")


def _followed(path: Path) -> Path:
    """A link to another set's corpus; where links were checked out as text, the file holds one path."""
    if path.stat().st_size < 4096:
        target = path.read_text(encoding="utf-8-sig", errors="replace").strip()
        if target and not target.startswith("{") and os.path.isfile(path.parent / target):  # False for what can be no name
            return (path.parent / target).resolve()
    return path
