"""A var folder and an index of their own for one test, and the oracle: what must hold in it after anything."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from search.document import DOCUMENT_VECTORS, IndexEntry, Vector
from search.engine.base import Engine
from search.engine.embedded.engine import EmbeddedEngine
from search.query import CHARACTER_FIELDS, WORD_FIELDS, Filters, Knn, Leg, Match, Query, Sparse
from search.ranking import rankings
from search.searcher import Searcher
from search.settings import Settings
from search.text.analyzer import Analyzer
from search.text.encoders.build import build_bert, fingerprint_of, packaged_weights
from search.text.encoders.onnx import OnnxEncoder
from search.text.encoders.word2vec import Word2VecEncoder, WordVectors
from search.text.models import ModelStore
from search.text.segment import Segmenter
from search.text.tfidf import TfidfModel
from tests.conftest import ROOT, run_command
from tests.search.text.encoders.weight_files import tiny_model

EVERYTHING = 1_000_000
QUERIES = ("我的头很痛", "孩子发烧咳嗽", "高血压 头晕")
INDEX_FILES = re.compile(r"index\.(db|db-wal|db-shm|lock)|rebuild\.lock|segments/write\.lock")


class Tools:
    """The segmenter and a small encoder, opened once for all tests; fitted models come from each test's own store."""

    def __init__(self, folder: Path) -> None:
        """Build the encoder in this folder: the real kind of model, of a thousandth of the size, so that it opens at once."""
        (folder / "weights.bin").write_bytes(tiny_model())
        self.bert = build_bert(folder, folder / "weights.bin")
        self._encoder = OnnxEncoder(self.bert)
        self._segmenter = Segmenter()

    def analyzer(self, store: ModelStore, models: Mapping[str, str]) -> Analyzer:
        """The analyzer of a generation; ModelUnusable where a model is not whole."""
        tfidf = word2vec = None
        if "tfidf" in models:
            tfidf = TfidfModel.load(store.folder("tfidf", models["tfidf"]))
        if "word2vec" in models:
            vectors = WordVectors.load(store.folder("word2vec", models["word2vec"]))
            word2vec = Word2VecEncoder(vectors, self._segmenter.words, models["word2vec"])
        return Analyzer(self._segmenter, lambda: self._encoder, models, tfidf, word2vec)


class Workplace:
    """Folder/index and folder/var, with the small encoder in the place of the large one."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder = folder
        self.settings = Settings(engine=f"embedded:{folder / 'index'}", var=folder / "var")
        bert = folder / "var" / "models" / "bert"
        bert.mkdir(parents=True)
        (bert / fingerprint_of(packaged_weights()[1])).symlink_to(tools.bert)

    @classmethod
    def copy_of(cls, other: "Workplace", folder: Path) -> "Workplace":
        """The same index and models in another place."""
        copy = cls.__new__(cls)
        shutil.copytree(other.folder, folder, symlinks=True)
        copy.folder = folder
        copy.settings = Settings(engine=f"embedded:{folder / 'index'}", var=folder / "var")
        return copy

    def run(self, *command: str, **values: Any) -> subprocess.CompletedProcess[str]:
        """`python -m COMMAND` here."""
        return run_command(self.settings, *command, **({"env": self.environ()} | values))

    def start(self, *command: str, **values: Any) -> "subprocess.Popen[str]":
        """`python -m COMMAND` here, not waited for."""
        values = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT} | values
        return subprocess.Popen([sys.executable, "-m", *command], env=self.environ(), **values)

    def environ(self) -> dict[str, str]:
        """What tells a process to work here; its output is buffered, as where nobody set PYTHONUNBUFFERED."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("XINGLIN_", "PYTHONUNBUFFERED"))}
        return own | {"XINGLIN_ENGINE": self.settings.engine_url, "XINGLIN_VAR": str(self.settings.var), "PYTHONUTF8": "1"}

    def engine(self) -> EmbeddedEngine:
        """The index, opened in this process."""
        return EmbeddedEngine(self.folder / "index")

    def check(self, acknowledged: set[str], tools: Tools) -> None:
        """All that was acknowledged is there once, in every leg; versions agree with entries; searching works."""
        engine = self.engine()
        try:
            stored = list(engine.scan())
            assert acknowledged <= {entry.doc_id for entry in stored}
            assert_found_once(engine, stored)
            for entry in stored:
                assert_told_alike(engine, entry)
            if stored:
                assert self._searcher(engine, tools).search(Query(stored[0].document.title), "hybrid").hits
        finally:
            engine.close()

    def refused(self, *command: str, **values: Any) -> str:
        """What a command says on stderr that fails: a sentence, and never a traceback."""
        done = self.run(*command, check=False, **values)
        assert done.returncode == 1, f"{done.returncode}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        assert "出错：" in done.stderr
        return done.stderr

    def state(self, tools: Tools) -> dict[str, Any]:
        """What two indexes must have in common to be the same: documents, versions, models, the order of a few searches."""
        engine = self.engine()
        try:
            searcher = self._searcher(engine, tools)
            return {
                "documents": {entry.doc_id: (entry.document.digest, entry.version) for entry in engine.scan()},
                "versions": {
                    entry.doc_id: [version.number for version in engine.versions(entry.doc_id)] for entry in engine.scan()
                },
                "models": dict(engine.generation().models),
                "held": (engine.generation().documents, engine.generation().passages),
                "found": {
                    f"{text} by {name}": [(doc.doc_id, round(doc.score, 5)) for doc in searcher.rank(Query(text), name)]
                    for text in QUERIES
                    for name in rankings()
                },
            }
        finally:
            engine.close()

    def leftovers(self) -> list[str]:
        """Files that no finished command leaves: half models, half segments, segments of other generations."""
        engine = self.engine()
        live = engine.generation().name
        engine.close()
        index = self.folder / "index"
        files = [path.relative_to(index).as_posix() for path in index.rglob("*") if not path.is_dir()]
        of_live = sorted(name for name in files if re.fullmatch(rf"segments/{live}/\d{{12}}-\d{{12}}\.segment", name))
        found = [name for name in files if name not in of_live and not INDEX_FILES.fullmatch(name)]
        found += [name for name, after in pairwise(of_live) if name[-20:-8] != after.split("/")[-1][:12]]
        models = self.folder / "var" / "models"
        kinds = [kind for kind in models.iterdir() if kind.is_dir()]
        names = [path for kind in kinds for path in kind.iterdir() if path.name != ".lock"]
        return found + [str(path.relative_to(models)) for path in names if not re.fullmatch("[0-9a-f]{12}", path.name)]

    def _searcher(self, engine: Engine, tools: Tools) -> Searcher:
        store = ModelStore(self.folder / "var" / "models")
        return Searcher(engine, lambda models: tools.analyzer(store, models))


def acknowledged(output: str) -> set[str]:
    """The ids in what `load --acknowledge` printed; a line that was cut off says nothing."""
    return {json.loads(line)["doc_id"] for line in output[: output.rfind("\n") + 1].splitlines()}


def assert_found_once(engine: Engine, stored: Sequence[IndexEntry]) -> None:
    """Each leg finds just those entries that have something in its field, each once."""
    legs = dict(_legs(stored))
    found = engine.retrieve([leg for leg, _ in legs.values()], Filters(), EVERYTHING) if legs else None
    for name, (_, expected), docs in zip(legs, legs.values(), found.legs if found else (), strict=True):
        assert Counter(doc.doc_id for doc in docs.docs) == Counter(expected), f"the leg {name}"
    assert engine.generation().documents == len(stored)
    assert engine.retrieve([], Filters(), 10, sort="title").total == len(stored)


def assert_told_alike(engine: Engine, entry: IndexEntry) -> None:
    """`fetch` tells what `scan` tells, and the last version is the text that is indexed."""
    (fetched,) = engine.fetch([entry.doc_id], vectors=True)
    assert fetched == entry
    versions = engine.versions(entry.doc_id)
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert (versions[-1].number, versions[-1].digest) == (entry.version, entry.document.digest)


def _legs(stored: Sequence[IndexEntry]) -> list[tuple[str, tuple[Leg, list[str]]]]:
    """For each field that any entry fills, a leg that must find every entry that fills it."""
    legs: list[tuple[str, tuple[Leg, list[str]]]] = []
    for field in (*WORD_FIELDS, *CHARACTER_FIELDS):
        filled = [entry for entry in stored if entry.terms.get(field)]
        terms = dict.fromkeys(entry.terms[field][0] for entry in filled)
        legs.append((field, (Match(field, tuple(terms)), [entry.doc_id for entry in filled])))
    weighed = [entry for entry in stored if entry.tfidf]
    legs.append(("tfidf", (Sparse("tfidf", {next(iter(entry.tfidf)): 1.0 for entry in weighed}), _ids(weighed))))
    for field in ("passages", *DOCUMENT_VECTORS):
        vectors = {entry.doc_id: found for entry in stored if (found := _vector(entry, field))}
        if vectors:
            legs.append((field, (Knn(field, next(iter(vectors.values())), k=EVERYTHING), list(vectors))))
    return [(name, (leg, ids)) for name, (leg, ids) in legs if ids]


def _vector(entry: IndexEntry, field: str) -> Vector | None:
    """A vector that the entry has in the field."""
    if field == "passages":
        return entry.passages[0].vector if entry.passages else None
    return getattr(entry, field)


def _ids(entries: Sequence[IndexEntry]) -> list[str]:
    return [entry.doc_id for entry in entries]
