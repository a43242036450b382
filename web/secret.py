"""The key that signs forms, made once and kept in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

from search.errors import SearchError

BYTES = 32


def read_secret(path: Path) -> bytes:
    """The key in this file; it is made if there is none, and processes that start together all get the same."""
    try:
        if not path.is_file():
            _make(path)
        key = path.read_bytes()
    except OSError as exc:
        raise SearchError(f"{path} 读不出也写不了：{exc.strerror}；请让这个文件夹可写，或放一个 {BYTES} 字节的文件") from exc
    if len(key) < BYTES:
        raise SearchError(f"{path} 只有 {len(key)} 字节；请删掉它，下次启动会另做一个")
    return key


def _make(path: Path) -> None:
    """Write beside, then link: whoever comes second finds a whole file and leaves it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
