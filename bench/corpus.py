"""The corpus: its index, kept under var/bench by content and loaded by the indexer's own command; samples of it."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from bench.child import environ
from indexer.readers.paths import Refusal, read_paths
from search.document import Document
from search.engine.mapping import load_mapping
from search.errors import SearchError
from search.settings import Settings


def index_settings(corpus: Path, models: Mapping[str, str], settings: Settings) -> Settings:
    """The settings of the corpus's index: var/bench/<digest of the corpus and of what it is derived with>."""
    if not corpus.exists():
        raise SearchError(f"no corpus {corpus}")
    layout = load_mapping("documents")["mappings"]["_meta"]["version"]
    total = hashlib.sha256(json.dumps([layout, sorted(models.items())]).encode())
    for path in sorted(corpus.rglob("*")) if corpus.is_dir() else [corpus]:
        if path.is_file():
            with path.open("rb") as file:
                total.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return replace(settings, engine=f"embedded:{settings.var / 'bench' / total.hexdigest()[:16] / 'index'}")


def index_folder(settings: Settings) -> Path:
    """Where an embedded engine's files lie."""
    return Path(settings.engine_url.removeprefix("embedded:"))


def load(corpus: Path, settings: Settings) -> dict[str, Any]:
    """Index the corpus unless that was done; what the command reported. Interrupted, it resumes."""
    done = index_folder(settings).parent / "loaded.json"
    if not done.is_file():
        print(f"loading {corpus} (once) ...", file=sys.stderr)
        command = [sys.executable, "-m", "indexer", "load", "--json", str(corpus)]
        child = subprocess.run(command, env=environ(settings), stdout=subprocess.PIPE, text=True, check=False)
        if child.returncode not in (0, 1) or not child.stdout:  # 1: something was refused, the rest is loaded
            raise SearchError(f"{' '.join(command)} failed ({child.returncode}); see above")
        if not any(json.loads(child.stdout)[state] for state in ("new", "changed", "unchanged")):
            raise SearchError(f"{corpus} holds no document that can be read: {child.stdout[:300]}")
        done.write_text(child.stdout, encoding="utf-8")
    return dict(json.loads(done.read_text(encoding="utf-8")))


def documents(corpus: Path, count: int) -> list[Document]:
    """The first documents of the corpus."""
    return list(islice(all_documents(corpus), count))


def all_documents(corpus: Path) -> Iterator[Document]:
    """What can be read of the corpus, as `load` would."""
    for one in read_paths([corpus]):
        if not isinstance(one, Refusal):
            yield one
