"""The default encoder: the eight-bit ONNX file on the processor, without torch; the only `import onnxruntime`."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from search.errors import ModelUnusable
from search.text.encoders.base import Role, well_formed
from search.text.encoders.manifest import ONNX, TOKENIZER, check
from search.text.encoders.tokenizer import load_tokenizer

# What e5 was trained with. The fingerprint does not see a change here: raise build.BUILDER with it.
ROLE_PREFIX: dict[Role, str] = {"query": "query: ", "passage": "passage: "}


class OnnxEncoder:
    """Vectors of the model that `build.build_bert` wrote. Safe to share between threads and to use after a fork.

    Each text is a run of its own on one thread, so its vector is the same to the bit whatever is encoded beside it and
    on how many threads; several texts run side by side. (Processors of other kinds may differ in the last bits.)
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        """Read the model; ModelUnusable if it is not there or damaged. Threads: 0 is one for each core."""
        manifest = check(folder, (ONNX, TOKENIZER))
        self.fingerprint = manifest.fingerprint
        self.dims = manifest.dims
        self.threads = threads or len(os.sched_getaffinity(0))
        self._tokenizer = load_tokenizer(folder / TOKENIZER)
        self._session = _open(folder / ONNX)

    def encode(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Float32 (len(texts), dims), unit length; of a long text, the first 512 tokens. Other Python threads keep running."""
        vectors = np.empty((len(texts), self.dims), np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))  # the longest first, so that the threads end together
        prefixed = [ROLE_PREFIX[role] + texts[i] for i in order]
        if min(self.threads, len(texts)) <= 1:
            vectors[order] = [self._vector(text) for text in prefixed] or vectors
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                vectors[order] = list(pool.map(self._vector, prefixed))
        return vectors

    def _vector(self, text: str) -> np.ndarray:
        ids = np.array(self._tokenizer.encode(well_formed(text)).ids, np.int64)
        try:
            return self._session.run(None, {"input_ids": ids})[0]
        except Exception as exc:  # see _open
            raise ModelUnusable(f"语义模型算不出一段 {len(ids)} 个词元的文字：{exc}；请运行 python -m search doctor") from exc


def _open(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # no threads of its own: bits that repeat, and fork is safe
    options.enable_mem_pattern = False  # it remembers a plan for every length of text
    options.enable_cpu_mem_arena = False  # no slower, and gives memory back
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime's errors share no base class of their own
        raise ModelUnusable(f"onnxruntime 读不了 {path}：{exc}；请删除它所在的文件夹，会重新生成") from exc
