"""What is installed, which engine, which models, what is wrong, and how to mend it."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from search.bootstrap import analyzer_opener, open_engine
from search.engine.base import Generation
from search.errors import SearchError
from search.settings import Settings
from search.text.models import ModelStore, bytes_in

State = Literal["good", "warning", "bad"]
PACKAGES = ("numkong", "onnxruntime", "tokenizers", "rjieba", "opencc", "numpy", "scikit-learn", "gensim", "elasticsearch")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do where it is not good."""

    name: str
    state: State
    detail: str
    mend: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which a person would look."""
    return [_python(), *_packages(), *_index(settings), *_set_aside(settings.var / "cache")]


def _python() -> Finding:
    return Finding("python", "good", f"{platform.python_version()} on {platform.machine()}")


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, "good", version(name))
        except PackageNotFoundError:
            yield Finding(name, "bad", "没有安装", "pip install -r requirements-core.txt")


def _index(settings: Settings) -> Iterator[Finding]:
    try:
        engine = open_engine(settings)
    except SearchError as exc:
        yield Finding("engine", "bad", str(exc), "按上面说的做；或检查 XINGLIN_ENGINE")
        return
    try:
        generation = engine.generation()
        held = f"{generation.documents:,} 篇，{generation.passages:,} 段"
        detail = f"{engine.location}：第 {generation.name} 代，布局 {generation.mapping_version}，{held}"
        empty = "" if generation.documents else "还没有文章。请运行 python -m indexer load 文件夹"
        yield Finding("engine", "warning" if empty else "good", detail, empty)
        yield from _models(settings, generation)
        yield from _other_models(ModelStore(settings.var / "models"), generation.models)
    except SearchError as exc:
        yield Finding("engine", "bad", str(exc))
    finally:
        engine.close()


def _models(settings: Settings, generation: Generation) -> Iterator[Finding]:
    opener = analyzer_opener(settings)
    for kind in ("tfidf", "word2vec"):
        if generation.documents and kind not in generation.models:
            yield Finding(kind, "warning", "没有训练", f"python -m indexer fit {kind}")
    try:
        analyzer = opener(generation.models)
        encoder = analyzer.encoder
        yield Finding("encoder", "good", f"{settings.encoder}，{encoder.dims} 维，{encoder.fingerprint}")
        for kind, mark in analyzer.models.items():
            yield Finding(f"model {kind}", "good", mark)
    except SearchError as exc:
        yield Finding("models", "bad", str(exc))


def _other_models(store: ModelStore, used: Mapping[str, str]) -> Iterator[Finding]:
    """Models that this index is not made with. Whether another one is, nobody here can know: removing them is a person's choice."""
    for path in store.others(used):
        detail = f"{path}，{bytes_in(path) / 1e6:,.1f} MB，这个索引不用"
        yield Finding("other model", "good", detail, f"如果共用这个文件夹的别的索引也不用，可以删除：rm -r {path}")


def _set_aside(cache: Path) -> Iterator[Finding]:
    """Damaged vector caches: a new one has been begun, so nothing needs them."""
    for path in sorted(cache.glob("*.damaged-*")):
        yield Finding(
            "vector cache", "warning", f"{path} 已损坏，换了新的；丢的只是算好的向量，会再算", f"看过之后删除：rm {path}"
        )
