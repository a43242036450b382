"""Writes the model as a folder that sentence-transformers (and transformers) load; the only `import safetensors`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from search.text.encoders.e5s1 import Sizes, Weights
from search.text.encoders.tokenizer import MASK, SPECIAL, make_tokenizer

_LAYER = {  # our weight file's names to those of transformers' BertModel
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_standard_folder(weights: Weights, folder: Path, tick: Callable[[], object] = lambda: None) -> None:
    """Write model, tokeniser and settings; `tick` is called once for each layer."""
    for name, content in _settings(weights.sizes).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    make_tokenizer(weights).save(str(folder / "tokenizer.json"), pretty=False)
    save_file(_tensors(weights, tick), folder / "model.safetensors", metadata={"format": "pt"})


def _tensors(weights: Weights, tick: Callable[[], object]) -> dict[str, np.ndarray]:
    """Float32 by transformers' names."""
    hidden, inner = weights.sizes.hidden, weights.sizes.inner
    tensors = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", hidden),
        "embeddings.position_embeddings.weight": weights.vector("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": weights.vector("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": weights.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.vector("emb.ln.b"),
        # mean pooling never looks at BERT's pooler, and transformers warns at every start where it is missing
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(weights.sizes.layers):
        for short, long in _LAYER.items():
            source, target = f"l{layer}.{short}", f"encoder.layer.{layer}.{long}"
            columns = inner if short == "fo" else hidden
            tensors[f"{target}.weight"] = (
                weights.vector(f"{source}.w") if short.endswith("ln") else weights.matrix(f"{source}.w", columns)
            )
            tensors[f"{target}.bias"] = weights.vector(f"{source}.b")
        tick()
    return tensors


def _settings(sizes: Sizes) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    """The JSON files by name."""
    special = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>"}
    special |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": MASK}
    kinds = ("Transformer", "Pooling", "Normalize")
    paths = ("", "1_Pooling", "2_Normalize")
    return {
        "config.json": _network(sizes),
        "special_tokens_map.json": special,
        "tokenizer_config.json": {
            **special,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (kind, path) in enumerate(zip(kinds, paths, strict=True))
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }


def _network(sizes: Sizes) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.inner,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": sizes.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": SPECIAL["<pad>"],
        "torch_dtype": "float32",
    }
