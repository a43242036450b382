"""A corpus's own index, kept by content: `evaluate`, `tune` and the bench have a corpus loaded once, by the indexer's own command."""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from search.engine.mapping import load_mapping
from search.errors import BadQuery, SearchError
from search.settings import Settings
from search.text.models import bytes_in


def index_settings(corpus: Path, place: str, models: Mapping[str, str], settings: Settings) -> Settings:
    """The settings of the corpus's index: an embedded engine in var/<place>/<digest of the corpus>-<digest of what it is made with>/index.

    models: what an entry that is derived now depends on. Another model of any kind, or another field layout, is another index.
    """
    if not corpus.exists():
        raise BadQuery(f"没有语料 {corpus}")
    layout = load_mapping("documents")["mappings"]["_meta"]["version"]
    made = hashlib.sha256(json.dumps([layout, sorted(models.items())]).encode()).hexdigest()[:12]
    return replace(settings, engine=f"embedded:{settings.var / place / f'{_digest(corpus)}-{made}' / 'index'}")


def index_folder(settings: Settings) -> Path:
    """Where an embedded engine's files lie."""
    return Path(settings.engine_url.removeprefix("embedded:"))


def load(corpus: Path, settings: Settings) -> dict[str, Any]:
    """Index the corpus unless that was done; what the command reported. Interrupted, it resumes.

    A child process, since searching imports no indexing. Other indexes of the same corpus are named on stderr.
    """
    home = index_folder(settings).parent
    done = home / "loaded.json"
    if not done.is_file():
        report = _loaded(corpus, settings)
        done.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    _tell_of(sorted(path for path in home.parent.glob(f"{home.name.partition('-')[0]}-*") if path != home))
    return dict(json.loads(done.read_text(encoding="utf-8")))


def _loaded(corpus: Path, settings: Settings) -> dict[str, Any]:
    print(f"为 {corpus} 建立索引（只做一次）…", file=sys.stderr)
    command = [sys.executable, "-m", "indexer", "load", "--json", str(corpus)]
    environ = {**os.environ, "PYTHONUTF8": "1", **settings.to_environ()}
    child = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    if child.returncode not in (0, 1) or not child.stdout:  # 1: something was refused, the rest is loaded
        raise SearchError(f"建立索引失败：{' '.join(command)}（返回 {child.returncode}），原因见上")
    report = dict(json.loads(child.stdout))
    if "error" in report:
        raise SearchError(f"建立索引失败：{report['error']}")
    if not any(report[state] for state in ("new", "changed", "unchanged")):
        why = next((f"：{row['where']}：{row['reason']}" for row in report["refusals"]), "")
        raise BadQuery(f"{corpus} 里没有一篇读得出来的文章{why}")
    return report


def _digest(corpus: Path) -> str:
    """SHA-256 of the corpus's files, shortened to 16 hex digits."""
    total = hashlib.sha256()
    for path in sorted(corpus.rglob("*")) if corpus.is_dir() else [corpus]:
        if path.is_file():
            with path.open("rb") as file:
                total.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def _tell_of(others: list[Path]) -> None:
    if not others:
        return
    rows = "\n".join(f"  {path}  {bytes_in(path) / 1e6:,.1f} MB" for path in others)
    print(f"同一份语料还有用别的词库、模型或切段做的索引，这次用不到：\n{rows}", file=sys.stderr)
    print(f"不再需要就删掉：rm -r {shlex.join(map(str, others))}", file=sys.stderr)
