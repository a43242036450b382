"""Segments in files: written whole or not at all, mapped into memory, checked before they are believed."""

import contextlib
import json
import mmap
import os
import time
import types
import typing
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from search.engine.embedded.segment import Segment, build_segment

MAGIC = b"xinglin1"  # the last character counts the layout of segments: another one is not read but written anew
ALIGN = 64


class DamagedSegment(Exception):
    """A segment file is cut short, altered, or of another layout or store; never leaves this package."""


def write_segment(path: Path, segment: Segment, store: str) -> None:
    """Write the file durably under its name. OSError leaves nothing behind, a killed process at most a file ending in .tmp."""
    arrays = dict(_flat(segment, ""))
    table, offset, crc = [], 0, 0
    for name, array in arrays.items():
        table.append([name, array.dtype.str, array.shape, offset])
        offset += -(-array.nbytes // ALIGN) * ALIGN
        crc = zlib.crc32(_bytes(array), crc)
    stamp = int(time.time())
    header = json.dumps({"store": store, "stamp": stamp, "bytes": offset, "crc": crc, "arrays": table}).encode()
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % ALIGN)
    start = MAGIC + len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little") + header
    temporary = path.with_suffix(".tmp")
    try:
        _write(temporary, start, arrays.values())
        _stamp(temporary, stamp)
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # on a full disk, the space is needed
        raise
    sync_folder(path.parent)


def read_segment(path: Path, store: str) -> Segment:
    """Map the file; DamagedSegment where it is not what was written."""
    try:
        with path.open("rb") as file:
            mapped = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
            touched = os.fstat(file.fileno()).st_mtime_ns
    except ValueError as exc:  # an empty file cannot be mapped
        raise DamagedSegment(f"{path} is empty") from exc
    header, body = _header(path, mapped, store)
    arrays = {name: _array(body, dtype, shape, offset) for name, dtype, shape, offset in header["arrays"]}
    if arrays.keys() != _layout():
        raise DamagedSegment(f"{path} has other fields than this release")
    if touched != header["stamp"] * 10**9:  # written to, or copied, since: only then is all of it worth reading
        crc = 0
        for array in arrays.values():
            crc = zlib.crc32(_bytes(array), crc)
        if crc != header["crc"]:
            raise DamagedSegment(f"{path} has other contents than were written")
        with contextlib.suppress(OSError):  # then the next to open it reads it whole too
            _stamp(path, header["stamp"])
    return _restored(Segment, _tree(arrays))


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def _layout() -> frozenset[str]:
    """The names of all arrays in a segment."""
    return frozenset(name for name, _ in _flat(build_segment([], []), ""))


def _write(path: Path, start: bytes, arrays: Iterable[np.ndarray]) -> None:
    with path.open("wb") as file:
        file.write(start)
        for array in arrays:
            file.write(_bytes(array))
            file.write(b"\0" * (-array.nbytes % ALIGN))
        file.flush()
        os.fsync(file.fileno())


def _header(path: Path, mapped: np.ndarray, store: str) -> tuple[dict[str, Any], np.ndarray]:
    begin = len(MAGIC) + 8
    if mapped[: len(MAGIC)].tobytes() != MAGIC:
        raise DamagedSegment(f"{path} is no segment of this layout")
    length, crc = np.frombuffer(mapped[len(MAGIC) : begin].tobytes().ljust(8, b"\0"), "<u4").tolist()
    text = mapped[begin : begin + length].tobytes()
    if zlib.crc32(text) != crc:
        raise DamagedSegment(f"{path} has a broken header")
    header = json.loads(text)
    body = mapped[begin + length :]
    if header["store"] != store or len(body) != header["bytes"]:
        raise DamagedSegment(f"{path} is cut short, or of another store")
    return header, body


def _array(body: np.ndarray, dtype: str, shape: list[int], offset: int) -> np.ndarray:
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    return body[offset : offset + size].view(dtype).reshape(shape)


def _bytes(array: np.ndarray) -> Any:
    return np.ascontiguousarray(array).view(np.uint8).data if array.nbytes else b""


def _stamp(path: Path, stamp: int) -> None:
    """Give the file a modification time that its header knows, in whole seconds as every file system keeps them."""
    os.utime(path, ns=(stamp * 10**9, stamp * 10**9))


def _flat(part: Any, name: str) -> Iterator[tuple[str, np.ndarray]]:
    if isinstance(part, np.ndarray):
        yield name, part
        return
    children = (
        part.items() if isinstance(part, Mapping) else [(field.name, getattr(part, field.name)) for field in fields(part)]
    )
    for child, value in children:
        yield from _flat(value, f"{name}/{child}" if name else child)


def _tree(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, array in arrays.items():
        *folders, leaf = name.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[leaf] = array
    return tree


def _restored(kind: Any, tree: Any) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        kinds = typing.get_type_hints(kind)
        return kind(**{field.name: _restored(kinds[field.name], tree[field.name]) for field in fields(kind)})
    if isinstance(kind, types.GenericAlias):
        return {name: _restored(kind.__args__[1], child) for name, child in tree.items()}
    return tree
