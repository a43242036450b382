"""Where fitted models lie: <root>/<kind>/<fingerprint>/, written once, complete or not at all."""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from search.errors import ModelUnusable

FINGERPRINT = re.compile("[0-9a-f]{12}")
UNFINISHED = ".new-"  # how a folder's name begins while it is being written


class ModelStore:
    """Fitted models by kind and fingerprint. Folders may be copied to other hosts."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, kind: str, write: Callable[[Path], None]) -> str:
        """Keep what `write` writes into the folder it is given; the fingerprint of these files (12 hex digits) names it.

        A damaged model of that name is replaced. ModelUnusable where the disk does not take it; nothing is left then.
        """
        parent = self.root / kind
        try:
            with alone(parent):
                return _saved(parent, write)
        except OSError as exc:
            raise ModelUnusable(
                f"{kind} 模型写不进 {parent}：{exc.strerror or exc}；腾出空间或检查权限，再运行 python -m indexer fit"
            ) from exc

    def folder(self, kind: str, fingerprint: str) -> Path:
        """Where the model lies; ModelUnusable if it is not there, or not what its name says."""
        folder = self.root / kind / fingerprint
        if not folder.is_dir():
            raise ModelUnusable(
                f"索引要用的 {kind} 模型 {fingerprint} 不在 {folder}；从训练它的机器拷贝过来，或运行 python -m indexer fit"
            )
        try:
            sound = digest(folder) == fingerprint
        except OSError as exc:
            raise ModelUnusable(f"{kind} 模型 {folder} 读不了：{exc.strerror or exc}；请运行 python -m indexer fit") from exc
        if not sound:
            raise ModelUnusable(f"{kind} 模型 {folder} 已损坏或不完整；请运行 python -m indexer fit，会重新写好")
        return folder

    def others(self, used: Mapping[str, str]) -> list[Path]:
        """The folders of models that are none of these (kind -> fingerprint); other indexes may be made with them."""
        models = (path for path in self.root.glob("*/*") if FINGERPRINT.fullmatch(path.name))
        return sorted(path for path in models if used.get(path.parent.name) != path.name)


def digest(folder: Path) -> str:
    """SHA-256 over names and contents of a folder's files, shortened to 12 hex digits."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            total.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()[:12]


@contextmanager
def alone(parent: Path) -> Iterator[None]:
    """Hold the lock on a folder of models, and clear away what a killed writer left there."""
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # gone with its process, however that ends
        for left in parent.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _saved(parent: Path, write: Callable[[Path], None]) -> str:
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    try:
        write(folder)
        fingerprint = digest(folder)
        for path in folder.iterdir():
            fsync(path)
        _take_place(folder, parent / fingerprint)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    fsync(parent)
    return fingerprint


def _take_place(folder: Path, target: Path) -> None:
    """Give the folder its name, unless the same model is already there whole."""
    if target.is_dir() and not _is_sound(target):
        shutil.rmtree(target)
    if not target.is_dir():
        folder.chmod(0o755)  # mkdtemp's own mode lets nobody else in
        folder.rename(target)


def _is_sound(folder: Path) -> bool:
    try:
        return digest(folder) == folder.name
    except OSError:
        return False


def fsync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def bytes_in(folder: Path) -> int:
    """What the files in a folder and below it take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
