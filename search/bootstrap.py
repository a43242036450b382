"""The only place that chooses: which engine, which encoder, which models. Nothing is opened at import."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from search.engine.base import Engine
from search.errors import IndexNotFound, MappingMismatch, ModelUnusable, SearchError
from search.searcher import Searcher
from search.settings import Settings
from search.text.analyzer import Analyzer
from search.text.encoders.base import Encoder
from search.text.encoders.cache import CachedEncoder
from search.text.encoders.word2vec import Word2VecEncoder, WordVectors
from search.text.models import ModelStore
from search.text.segment import Segmenter
from search.text.tfidf import TfidfModel

PATIENCE_SECONDS = 3.0
RETRY_SECONDS = 10.0


def open_engine(settings: Settings, create: bool = False) -> Engine:
    """The engine that XINGLIN_ENGINE names. IndexNotFound where no index is in its folder, unless one may be created."""
    url = settings.engine_url
    if url.startswith("embedded:") and url != "embedded:":  # without a folder it would be the current one
        from search.engine.embedded.engine import EmbeddedEngine

        if not create:
            check_index(settings)
        return EmbeddedEngine(Path(url.removeprefix("embedded:")))
    if url.startswith(("http://", "https://")):
        from search.engine.elastic.engine import ElasticEngine

        return ElasticEngine(url)
    raise SearchError(f"XINGLIN_ENGINE={url!r} 不是引擎；请写 embedded:文件夹 或 http://主机:9200/索引名")


def check_index(settings: Settings) -> None:
    """IndexNotFound where XINGLIN_ENGINE names a folder that holds no index; nothing is opened, and a remote engine not asked."""
    from search.engine.embedded.engine import holds_index

    folder = Path(settings.engine_url.removeprefix("embedded:"))
    if settings.engine_url.startswith("embedded:") and not holds_index(folder):
        raise IndexNotFound(_no_index(folder, [path for path in folder.parent.glob("*") if holds_index(path)]))


def _no_index(folder: Path, others: Sequence[Path]) -> str:
    """What to do where an index was expected, and perhaps misspelt."""
    beside = f"；旁边的索引：{'、'.join(f'embedded:{path}' for path in sorted(others))}" if others else ""
    return f"{folder} 里没有索引。要新建，请运行 python -m indexer load 文件夹；如果写错了地方，请改 XINGLIN_ENGINE{beside}"


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that XINGLIN_ENCODER names; passages' vectors are cached under var/cache."""
    kind, _, name = settings.encoder.partition(":")
    if kind == "onnx":
        from search.text.encoders.build import build_bert
        from search.text.encoders.onnx import OnnxEncoder

        encoder: Encoder = OnnxEncoder(build_bert(settings.var / "models"), settings.threads)
    elif kind == "sentence_transformer" and name:
        from search.text.encoders.sentence_transformer import SentenceTransformerEncoder

        encoder = SentenceTransformerEncoder(name)
    else:
        raise SearchError(f"XINGLIN_ENCODER={settings.encoder!r} 不是编码器；请写 onnx 或 sentence_transformer:文件夹或模型名")
    return CachedEncoder(encoder, settings.var / "cache" / "vectors.db")


class EncoderOpener:
    """Opens the encoder once for all threads of a process.

    While one thread opens it (or builds it, which takes a minute), others wait PATIENCE_SECONDS and then do without. What could
    not be opened is tried again after RETRY_SECONDS: looking reads 120 MB, and every query would look.
    """

    def __init__(self, open_one: Callable[[], Encoder]) -> None:
        self._open_one = open_one
        self._opening = threading.Lock()
        self._encoder: Encoder | None = None
        self._failure = ""
        self._failed_at = -RETRY_SECONDS

    def __call__(self) -> Encoder:
        """The encoder; ModelUnusable says why there is none."""
        if self._encoder is not None:
            return self._encoder
        if not self._opening.acquire(timeout=PATIENCE_SECONDS):
            raise ModelUnusable("语义模型还在准备；过一会儿再试")
        try:
            if self._encoder is None:
                self._try()
            return cast(Encoder, self._encoder)
        finally:
            self._opening.release()

    def _try(self) -> None:
        if time.monotonic() - self._failed_at < RETRY_SECONDS:
            raise ModelUnusable(self._failure)
        try:
            self._encoder = self._open_one()
        except ModelUnusable as exc:
            self._failure, self._failed_at = str(exc), time.monotonic()
            raise


def make_searcher(settings: Settings, engine: Engine) -> Searcher:
    """A Searcher over the engine."""
    return Searcher(engine, analyzer_opener(settings))


def analyzer_opener(settings: Settings) -> Callable[[Mapping[str, str]], Analyzer]:
    """A function from a generation's models to its Analyzer; lexicon and encoder are opened once, and when first needed."""
    segmenter = cache(Segmenter)
    encoder = EncoderOpener(lambda: open_encoder(settings))
    store = ModelStore(settings.var / "models")

    def checked_encoder(wanted: str | None) -> Encoder:
        found = encoder()
        if wanted and found.fingerprint != wanted:
            raise MappingMismatch(
                f"索引是用编码器 {wanted} 做的，而 XINGLIN_ENCODER={settings.encoder} 是 {found.fingerprint}；"
                f"请设回原来的编码器，或运行 python -m indexer rebuild"
            )
        return found

    def open_analyzer(models: Mapping[str, str]) -> Analyzer:
        current = segmenter()
        if models.get("text", current.fingerprint) != current.fingerprint:
            raise MappingMismatch(
                f"索引是用词库 {models['text']} 切分的，现在的词库是 {current.fingerprint}；请运行 python -m indexer rebuild"
            )
        return Analyzer(current, lambda: checked_encoder(models.get("bert")), models, *_fitted(models, store, current))

    return open_analyzer


def _fitted(
    models: Mapping[str, str], store: ModelStore, segmenter: Segmenter
) -> tuple[TfidfModel | None, Word2VecEncoder | None]:
    """The models that `python -m indexer fit` made, as far as the generation names them."""
    tfidf = word2vec = None
    if "tfidf" in models:
        tfidf = TfidfModel.load(store.folder("tfidf", models["tfidf"]))
    if "word2vec" in models:
        vectors = WordVectors.load(store.folder("word2vec", models["word2vec"]))
        word2vec = Word2VecEncoder(vectors, segmenter.words, models["word2vec"])
    return tfidf, word2vec
