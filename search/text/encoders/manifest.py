"""What a built model folder says about itself, so that a damaged copy is noticed before it answers."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from search.errors import ModelUnusable
from search.text.models import fsync

ONNX, TOKENIZER, MANIFEST = "model.int8.onnx", "tokenizer.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A folder's fingerprint, what it was built from, its vectors' length, and the SHA-256 of its files by name."""

    fingerprint: str
    weights: str
    builder: int
    dims: int
    files: dict[str, str]


def write_manifest(folder: Path, fingerprint: str, weights: str, builder: int, dims: int) -> None:
    """Describe the finished folder; every file is on the disk afterwards, not just in memory."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in paths}
    content = asdict(Manifest(fingerprint, weights, builder, dims, files))
    (folder / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for path in paths:
        path.chmod(0o644)  # some libraries write files that only their owner reads
    for path in (*paths, folder / MANIFEST, *(path for path in folder.rglob("*") if path.is_dir()), folder):
        fsync(path)


def check(folder: Path, names: Iterable[str]) -> Manifest:
    """The folder's manifest, if these files are what it says; else ModelUnusable."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        damaged = [name for name in names if sha256(folder / name) != manifest.files[name]]
    except FileNotFoundError as exc:
        raise ModelUnusable(f"{folder} 里没有模型：缺 {exc.filename}；{_mend(folder)}") from exc
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise ModelUnusable(f"{folder} 里的模型读不了：{exc!r}；{_mend(folder)}") from exc
    if damaged:
        raise ModelUnusable(f"{folder} 里的 {damaged[0]} 已损坏或不完整；{_mend(folder)}")
    return manifest


def sha256(path: Path) -> str:
    """A file's SHA-256 (hex)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mend(folder: Path) -> str:
    return f"请删除文件夹 {folder}，会重新生成；或从原来的机器再拷贝一次"
