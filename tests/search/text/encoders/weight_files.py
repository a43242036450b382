"""Makes small weight files of the real format."""

import struct

import numpy as np

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "que", "ry", ":", "头", "痛", "<mask>"]
HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 2, 128, 16
SIZES = (HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 1)


def weight_file(tensors, pieces=PIECES, magic=b"E5S1"):
    """The bytes of a file; a tensor is (name, 1 if it is Q4_0, count of numbers, bytes)."""
    texts = [piece.encode() for piece in pieces]
    head = magic + struct.pack("<I7ifi", 1, *SIZES, 1e-12, 32)
    head += struct.pack("<5iQ", len(texts), 0, 2, 1, 3, sum(map(len, texts)))
    head += np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    head += (-np.arange(len(texts), dtype="<f4")).tobytes()
    head += b"".join(texts) + struct.pack("<iI", 1, 5) + struct.pack("<IB", 9, 0)  # one code point, removed
    start, table, data = len(head) + 4 + sum(23 + len(name) for name, *_ in tensors), b"", b""
    for name, quantised, count, content in tensors:
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", quantised, count, start + len(data), len(content))
        data += content
    return head + struct.pack("<i", len(tensors)) + table + data


def tiny_model():
    """The bytes of a whole model with random weights, a thousandth of the real one."""
    chance = np.random.default_rng(0)
    square = [f"l{layer}.{part}" for layer in range(LAYERS) for part in ("q", "k", "v", "ao")]
    norms = ["emb.ln", *(f"l{layer}.{part}" for layer in range(LAYERS) for part in ("aln", "oln"))]
    tensors = [_matrix(chance, "emb.word", len(PIECES), HIDDEN)]
    tensors += [_vector(chance, "emb.pos", POSITIONS * HIDDEN), _vector(chance, "emb.type", HIDDEN)]
    for name in square:
        tensors += [_matrix(chance, f"{name}.w", HIDDEN, HIDDEN), _vector(chance, f"{name}.b", HIDDEN)]
    for layer in range(LAYERS):
        tensors += [_matrix(chance, f"l{layer}.fi.w", INNER, HIDDEN), _vector(chance, f"l{layer}.fi.b", INNER)]
        tensors += [_matrix(chance, f"l{layer}.fo.w", HIDDEN, INNER), _vector(chance, f"l{layer}.fo.b", HIDDEN)]
    for name in norms:
        tensors += [_vector(chance, f"{name}.w", HIDDEN, middle=1), _vector(chance, f"{name}.b", HIDDEN)]
    return weight_file(tensors)


def _vector(chance, name, count, middle=0.0):
    return name, 0, count, (middle + 0.1 * chance.normal(size=count)).astype("<f4").tobytes()


def _matrix(chance, name, rows, columns):
    blocks = np.zeros(rows * columns // 32, [("scale", "<f2"), ("nibbles", "u1", 16)])
    blocks["scale"], blocks["nibbles"] = 0.02, chance.integers(0, 256, (len(blocks), 16))
    return name, 1, rows * columns, blocks.tobytes()
