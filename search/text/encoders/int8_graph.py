"""Writes the network as an ONNX file that multiplies in eight bits; the only `import onnx`.

One text a run: token ids in, its unit vector out. Weights have a scale for each column, activations one for each
token, worked out on the way; the last layers' tokens, whose errors nothing averages away any more, come in 16 bits.
Against the exact weights in float32, over 310 Chinese texts: cosine .9998 on average, .9996 at worst. One scale for all
tokens of a text (onnxruntime's DynamicQuantizeMatMul) is as fast and gives .9977; MatMulNBits with the exact weights gives
.9999 and takes three times as long.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from search.text.encoders.e5s1 import BLOCK, Weights
from search.text.encoders.quantise import quantise_columns

MICROSOFT = "com.microsoft"  # operators beyond the standard that onnxruntime always brings
OPSETS = {"": 21, MICROSOFT: 1}
GELU_FLOOR = 0.17  # GELU is never below -0.16997
FINE_LAYERS = 4  # of 0, 3, 4, 5, 6: mean cosine .9994, .9997, .9998, .9998, .9998; each costs about 1.5 % of the time


class Graph:
    """Operators and constants in the order they are added; names are the caller's and unique."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Any, dtype: Any = np.float32) -> str:
        """A constant; returns its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """An operator with one output; returns its name."""
        return self.add_many(operator, inputs, [output], domain, **attributes)[0]

    def add_many(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> list[str]:
        """An operator with several outputs; returns their names."""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], domain=domain, **attributes))
        return outputs

    def model(self, dims: int) -> onnx.ModelProto:
        """The finished model: `input_ids` int64 (tokens) to `vector` float32 (dims)."""
        ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["tokens"])
        vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [dims])
        graph = helper.make_graph(self.nodes, "encoder", [ids], [vector], self.constants)
        return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid(*item) for item in OPSETS.items()])


def write_onnx(weights: Weights, path: Path, tick: Callable[[], object] = lambda: None) -> None:
    """Write the file; `tick` is called once for each layer."""
    graph = Graph()
    _shared_constants(graph, weights)
    tokens = _embed(graph, weights)
    for layer in range(weights.sizes.layers):
        tokens = _layer(graph, weights, layer, tokens)
        tick()
    graph.add("ReduceMean", [tokens, "first"], "mean", keepdims=0)
    graph.add("LpNormalization", ["mean"], "vector", axis=-1, p=2)
    onnx.save(graph.model(weights.sizes.hidden), path)


def _shared_constants(graph: Graph, weights: Weights) -> None:
    sizes = weights.sizes
    head = sizes.hidden // sizes.heads
    graph.constant("first", [0], np.int64)
    graph.constant("last", [-1], np.int64)
    graph.constant("column", [1], np.int64)
    graph.constant("one", 1)
    graph.constant("tiny", 1e-9)  # a token of zeros must not divide by zero
    graph.constant("signed_step", 1 / 127)
    graph.constant("unsigned_step", 1 / 255)
    graph.constant("remainder_step", 1 / 254)  # what rounding leaves is at most half a step
    graph.constant("middle", 128, np.uint8)
    graph.constant("zero", 0, np.uint8)
    graph.constant("gelu_floor", GELU_FLOOR)
    graph.constant("by_head", [-1, 3 * sizes.heads, head], np.int64)
    graph.constant("by_token", [-1, sizes.hidden], np.int64)
    graph.constant("head_scale", head**-0.5)
    graph.add("Shape", ["input_ids"], "length")
    graph.add("Expand", ["middle", "length"], "middles")  # QuantizeLinear wants a zero point for each token


def _embed(graph: Graph, weights: Weights) -> str:
    """Word + position + type, normalised. Words stay in four bits, exactly as they came."""
    hidden = weights.sizes.hidden
    nibbles, scales = weights.nibbles("emb.word", hidden)
    signed = nibbles ^ 8  # 0..15 less 8, as four-bit two's complement
    packed = signed[:, 0::2] | signed[:, 1::2] << 4
    graph.constants.append(helper.make_tensor("words", TensorProto.INT4, nibbles.shape, packed.tobytes(), raw=True))
    graph.constant("words.scales", scales)
    graph.constant("places", weights.vector("emb.pos").reshape(-1, hidden) + weights.vector("emb.type")[:hidden])
    words = ["words", "input_ids", "words.scales"]
    graph.add("GatherBlockQuantized", words, "word", MICROSOFT, gather_axis=0, quantize_axis=1, block_size=BLOCK)
    graph.add("Slice", ["places", "first", "length", "first"], "place")
    graph.add("Add", ["word", "place"], "embedded")
    return _normalise(graph, weights, "embedded", "emb.ln")


def _layer(graph: Graph, weights: Weights, layer: int, tokens: str) -> str:
    """One transformer layer (Vaswani et al., NeurIPS 2017), normalised after each half as BERT does."""
    hidden, inner, prefix = weights.sizes.hidden, weights.sizes.inner, f"l{layer}"
    context = _attention(graph, weights, layer, tokens)
    out = _product(graph, _signed(graph, context), weights.matrix(f"{prefix}.ao.w", hidden).T, f"{prefix}.ao")
    middle = _join(graph, weights, tokens, _biased(graph, out, weights.vector(f"{prefix}.ao.b")), f"{prefix}.aln")
    wide = _entry(weights, layer)(graph, _signed(graph, middle), weights.matrix(f"{prefix}.fi.w", hidden).T, f"{prefix}.fi")
    bent = graph.add("Gelu", [_biased(graph, wide, weights.vector(f"{prefix}.fi.b"))], f"{prefix}.gelu")
    narrow = _after_gelu(
        graph, bent, weights.matrix(f"{prefix}.fo.w", inner).T, weights.vector(f"{prefix}.fo.b"), f"{prefix}.fo"
    )
    return _join(graph, weights, middle, narrow, f"{prefix}.oln")


def _attention(graph: Graph, weights: Weights, layer: int, tokens: str) -> str:
    """Every token's mix of all tokens' values, (tokens, hidden). Plain operators: faster here than the fused ones."""
    prefix, hidden = f"l{layer}", weights.sizes.hidden
    matrix = np.concatenate([weights.matrix(f"{prefix}.{part}.w", hidden) for part in "qkv"]).T
    bias = np.concatenate([weights.vector(f"{prefix}.{part}.b") for part in "qkv"])
    together = _entry(weights, layer)(graph, _signed(graph, tokens), matrix, f"{prefix}.qkv")
    heads = graph.add("Reshape", [_biased(graph, together, bias), "by_head"], f"{prefix}.heads")
    q, k, v = graph.add_many("Split", [heads], [f"{prefix}.{part}" for part in "qkv"], axis=1, num_outputs=3)
    query = graph.add("Mul", [graph.add("Transpose", [q], f"{q}.turned", perm=[1, 0, 2]), "head_scale"], f"{q}.scaled")
    key = graph.add("Transpose", [k], f"{k}.turned", perm=[1, 2, 0])
    value = graph.add("Transpose", [v], f"{v}.turned", perm=[1, 0, 2])
    shares = graph.add("Softmax", [graph.add("MatMul", [query, key], f"{prefix}.likeness")], f"{prefix}.shares", axis=-1)
    mixed = graph.add("MatMul", [shares, value], f"{prefix}.mixed")
    return graph.add(
        "Reshape", [graph.add("Transpose", [mixed], f"{mixed}.turned", perm=[1, 0, 2]), "by_token"], f"{prefix}.context"
    )


def _signed(graph: Graph, x: str) -> str:
    """Quantise each token of x to 1..255 around 128: adds `x.whole`, its scales `x.steps` (tokens) and `x.scale` (tokens, 1)."""
    graph.add("ReduceMax", [graph.add("Abs", [x], f"{x}.size"), "last"], f"{x}.peak", keepdims=0)
    return _whole(graph, x, "signed_step", ["middles"])


def _whole(graph: Graph, x: str, step: str, zero_points: list[str]) -> str:
    graph.add("Max", [graph.add("Mul", [f"{x}.peak", step], f"{x}.step"), "tiny"], f"{x}.steps")
    graph.add("QuantizeLinear", [x, f"{x}.steps", *zero_points], f"{x}.whole", axis=0)
    graph.add("Unsqueeze", [f"{x}.steps", "column"], f"{x}.scale")
    return x


def _product(graph: Graph, x: str, matrix: np.ndarray, name: str, zero_point: str = "middle") -> str:
    """Quantised x times a matrix (inputs, outputs): float32 (tokens, outputs)."""
    numbers, scales = quantise_columns(matrix)
    operands = [
        f"{x}.whole",
        graph.constant(f"{name}.w", numbers, np.int8),
        "one",
        graph.constant(f"{name}.s", scales),
        zero_point,
    ]
    return graph.add("Mul", [graph.add("MatMulIntegerToFloat", operands, f"{name}.raw", MICROSOFT), f"{x}.scale"], name)


def _fine_product(graph: Graph, x: str, matrix: np.ndarray, name: str) -> str:
    """As `_product`, in 16 bits: what rounding left of x is quantised and multiplied as well."""
    coarse = _product(graph, x, matrix, f"{name}.coarse")
    rounded = graph.add("DequantizeLinear", [f"{x}.whole", f"{x}.steps", "middles"], f"{x}.rounded", axis=0)
    left = graph.add("Sub", [x, rounded], f"{x}.left")
    graph.add("Identity", [f"{x}.steps"], f"{left}.peak")
    fine = _product(graph, _whole(graph, left, "remainder_step", ["middles"]), matrix, f"{name}.fine")
    return graph.add("Add", [coarse, fine], name)


def _entry(weights: Weights, layer: int) -> Callable[[Graph, str, np.ndarray, str], str]:
    """How the products that read a layer's tokens are done."""
    return _fine_product if layer >= weights.sizes.layers - FINE_LAYERS else _product


def _after_gelu(graph: Graph, x: str, matrix: np.ndarray, bias: np.ndarray, name: str) -> str:
    """x times a matrix plus a bias, x being GELU's: lifted above zero, it uses all 256 steps; the bias takes the lift back."""
    lifted = graph.add("Add", [x, "gelu_floor"], f"{x}.lifted")
    graph.add("ReduceMax", [lifted, "last"], f"{lifted}.peak", keepdims=0)
    product = _product(graph, _whole(graph, lifted, "unsigned_step", []), matrix, name, "zero")
    numbers, scales = quantise_columns(matrix)
    return _biased(graph, product, bias - GELU_FLOOR * (numbers.sum(axis=0) * scales))


def _biased(graph: Graph, x: str, bias: np.ndarray) -> str:
    return graph.add("Add", [x, graph.constant(f"{x}.b", bias)], f"{x}.biased")


def _join(graph: Graph, weights: Weights, before: str, change: str, norm: str) -> str:
    # Add and LayerNormalization: onnxruntime's fused SkipLayerNormalization takes five times as long
    return _normalise(graph, weights, graph.add("Add", [before, change], f"{norm}.sum"), norm)


def _normalise(graph: Graph, weights: Weights, x: str, norm: str) -> str:
    scale, shift = (graph.constant(f"{norm}.{part}", weights.vector(f"{norm}.{part}")) for part in "wb")
    return graph.add("LayerNormalization", [x, scale, shift], f"{norm}.out", axis=-1, epsilon=weights.sizes.epsilon)
