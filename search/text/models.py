"""Where fitted models lie: <root>/<kind>/<fingerprint>/, written once, complete or not at all."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from search.errors import ModelUnusable


class ModelStore:
    """Fitted models by kind and fingerprint. Folders may be copied to other hosts."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, kind: str, write: Callable[[Path], None]) -> str:
        """Keep what `write` writes into the folder it is given; the fingerprint of these files (12 hex digits) names it."""
        parent = self.root / kind
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
        try:
            write(folder)
            fingerprint = digest(folder)
            for path in folder.iterdir():
                fsync(path)
            _rename(folder, parent / fingerprint)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        fsync(parent)
        return fingerprint

    def folder(self, kind: str, fingerprint: str) -> Path:
        """Where the model lies; ModelUnusable if it is not there, or not what its name says."""
        folder = self.root / kind / fingerprint
        if not folder.is_dir():
            raise ModelUnusable(
                f"the index needs the {kind} model {fingerprint}, and {folder} does not exist; "
                f"copy it from the host that fitted it, or run `python -m indexer fit`"
            )
        if digest(folder) != fingerprint:
            raise ModelUnusable(f"the files in {folder} are damaged; remove the folder and run `python -m indexer fit`")
        return folder


def digest(folder: Path) -> str:
    """SHA-256 over names and contents of a folder's files, shortened to 12 hex digits."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            total.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()[:12]


def _rename(folder: Path, target: Path) -> None:
    try:
        folder.chmod(0o755)
        folder.rename(target)
    except OSError:
        if not target.is_dir():  # else: the same model is already there
            raise


def fsync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
