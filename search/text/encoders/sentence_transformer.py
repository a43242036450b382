"""Any model that the package sentence-transformers loads: a local folder or a hub name; the way to a GPU.

The package is optional; this is its only import, and it waits for the first encoder.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from search.errors import ModelUnusable
from search.text.encoders.base import Role, well_formed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PIP_LINE = "pip install sentence-transformers==6.2.0"
BATCH = 32


class SentenceTransformerEncoder:
    """Vectors of a sentence-transformers model, on a GPU where there is one."""

    def __init__(self, name: str) -> None:
        """Load a local folder or a hub name; ModelUnusable says what is missing."""
        self._model = _load(name)
        self._prefixes = prefixes(self._model.prompts, name)
        self.dims = int(self._model.encode("", show_progress_bar=False).shape[0])
        self.fingerprint = _fingerprint(self._model, self._prefixes)

    def encode(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Float32 (len(texts), dims), unit length; long texts are cut where the model's own settings say."""
        if not texts:
            return np.empty((0, self.dims), np.float32)
        vectors = self._model.encode(
            [well_formed(text) for text in texts],
            prompt=self._prefixes[role],
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def prefixes(prompts: Mapping[str, str | None], name: str) -> dict[Role, str]:
    """What goes before each text: the model's own prompts; without any, e5's for a model named so, and nothing for others."""
    query, passage = prompts.get("query") or "", prompts.get("passage") or prompts.get("document") or ""
    if not query and not passage and re.search(r"\be5\b", name, re.IGNORECASE):
        return {"query": "query: ", "passage": "passage: "}
    return {"query": query, "passage": passage}


def _load(name: str) -> "SentenceTransformer":
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as exc:
        raise ModelUnusable(f"编码器 sentence_transformer:{name} 所需的包没有安装；请运行 {PIP_LINE}") from exc
    try:
        return SentenceTransformer(name)
    except Exception as exc:  # errors of files, network and torch alike
        raise ModelUnusable(
            f"sentence-transformers 打不开 {name}：它不是文件夹，也下载不到（{exc}）；请检查 XINGLIN_ENCODER"
        ) from exc


def _fingerprint(model: "SentenceTransformer", prefixes: dict[Role, str]) -> str:
    """Digest of the weights and of what else decides a vector, wherever the model came from (12 hex digits)."""
    import torch

    total = hashlib.sha256(f"{model} {model.max_seq_length} {sorted(prefixes.items())}".encode())
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    total.update((backend.to_str() if backend else repr(model.tokenizer)).encode())
    for name, tensor in sorted(model.state_dict().items()):
        if ".pooler." in name:  # not used, and random where the model's files lack it
            continue
        total.update(name.encode())
        total.update(tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return total.hexdigest()[:12]
