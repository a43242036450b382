"""python -m bench [--corpus PATH] [--queries FILE] [--n 200] [--rounds 3] [--seconds 10] [--skip elasticsearch,...] [--json]"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from bench import commits, memory, searching, web
from bench.corpus import documents
from bench.indexing import indexing_table
from bench.machine import Machine
from bench.peers import PlainNumpy, PlainTantivy, fill
from bench.queries import Question, Remembering, questions, read_queries, spread_out
from bench.report import Report, Table
from bench.server import ServerMissing, moved
from indexer.pipeline import Pipeline
from search import corpus_index, logs
from search.bootstrap import analyzer_opener, open_engine
from search.engine.base import Engine
from search.errors import SearchError
from search.searcher import Searcher
from search.settings import Settings
from search.text.analyzer import Analyzer

PARTS = ("elasticsearch", "tantivy", "numpy", "search", "commits", "indexing", "memory", "web")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 and a sentence on stderr where it cannot be done."""
    args = _parser().parse_args(argv)
    try:
        settings = Settings.from_env()
        logs.configure(settings.log_level)
        report = Bench(args, settings).run()
    except SearchError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    print(json.dumps(report.to_dict(), ensure_ascii=False) if args.json else report.to_markdown())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench", description="Speed and memory, with peers side by side.")
    parser.add_argument("--corpus", type=Path, default=Path("samples/pages"), metavar="PATH", help="what `load` takes")
    parser.add_argument("--queries", type=Path, default=Path("samples/queries.tsv"), metavar="FILE", help=".jsonl or .tsv")
    parser.add_argument("--n", type=_positive, default=200, help="queries (default 200, or as many as there are)")
    parser.add_argument("--rounds", type=_positive, default=3, help="rounds (default 3)")
    parser.add_argument("--documents", type=_positive, default=300, metavar="N", help="that indexing is timed on (default 300)")
    parser.add_argument("--seconds", type=_positive, default=10, metavar="S", help="that requests are counted (default 10)")
    parser.add_argument("--skip", type=_parts, default=(), metavar="A,B", help=f"leave out: {', '.join(PARTS)}")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser


def _positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _parts(text: str) -> tuple[str, ...]:
    names = tuple(filter(None, text.split(",")))
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return names


class Bench:
    """One run: what is asked for, in the order in which it disturbs itself least."""

    def __init__(self, args: argparse.Namespace, settings: Settings) -> None:
        self.args = args
        self.machine = Machine()
        self.opener = analyzer_opener(settings)
        self.settings = corpus_index.index_settings(args.corpus, "bench", self.opener({}).models, settings)
        self.report = Report({}, {}, skipped=dict.fromkeys(args.skip, "as asked"))

    def run(self) -> Report:
        """Measure everything that is not skipped."""
        loaded = corpus_index.load(self.args.corpus, self.settings)
        with ExitStack() as stack:
            engine = self._open(stack, self.settings)
            analyzer = self.opener(engine.generation().models)
            known = _remembering(analyzer)
            found = questions(spread_out(read_queries(self.args.queries), self.args.n), known)
            if not found:
                raise SearchError(f"{self.args.queries} holds no query with a word")
            self._describe(engine, len(found), loaded)
            elastic = self._elastic(stack, engine) if self._wanted("elasticsearch") else None
            self._part("search", lambda: self._search(engine, elastic, analyzer, known, found))
            self._part("commits", lambda: self._commits(stack, engine, elastic, analyzer))
        first = documents(self.args.corpus, self.args.documents)
        self._part("indexing", lambda: self._add(indexing_table(first, self.settings, analyzer.encoder, self.args.rounds)))
        self._part("memory", lambda: self._memory(found))
        self._part("web", lambda: self._web(found))
        self.report.machine = self.machine.describe()
        return self.report

    def _search(
        self, engine: Engine, elastic: Engine | None, analyzer: Analyzer, known: Analyzer, found: Sequence[Question]
    ) -> None:
        encoding, knowing = (Searcher(engine, lambda _, one=one: one) for one in (analyzer, known))  # type: ignore[misc]
        there = Searcher(elastic, lambda _: known) if elastic else None
        tantivy = self._tantivy() if self._wanted("tantivy") else None
        numpy = PlainNumpy() if self._wanted("numpy") else None
        fill([peer for peer in (tantivy, numpy) if peer], engine.scan() if tantivy or numpy else ())
        tasks = searching.searcher_tasks(encoding, knowing, there)
        tasks |= searching.plain_tasks(engine, tantivy, numpy)
        self._add(searching.search_table(tasks, found, self.args.rounds))
        self._add(searching.parts_table(knowing, found, self.args.rounds))

    def _commits(self, stack: ExitStack, engine: Engine, elastic: Engine | None, analyzer: Analyzer) -> None:
        documents = [entry.document for entry in islice(engine.scan(), commits.COMMITS)]
        settings = stack.enter_context(commits.copied(self.settings))
        engines = {commits.EMBEDDED: self._open(stack, settings)} | ({commits.ELASTIC: elastic} if elastic else {})
        self._add(commits.commits_table(engines, Pipeline(analyzer), documents, settings, self.args.rounds))

    def _memory(self, found: Sequence[Question]) -> None:
        texts = [question.text for question in found]
        self._add(memory.memory_table(texts, self.settings, self.args.rounds))
        self._add(memory.start_table(texts[0], self.settings, self.args.rounds))
        self._add(memory.disk_table(self.args.corpus, self.settings, self.report.data["documents"]))

    def _web(self, found: Sequence[Question]) -> None:
        texts = [question.text for question in found]
        for table in web.web_tables(texts, self.settings, self.args.rounds, self.args.seconds):
            self._add(table)

    def _elastic(self, stack: ExitStack, engine: Engine) -> Engine | None:
        try:
            elastic, seconds = stack.enter_context(moved(engine))
        except ServerMissing as exc:
            self.report.skipped["elasticsearch"] = str(exc)
            return None
        self.report.data["moving_to_elasticsearch"] = (
            f"{seconds:.1f} s; one node on this machine, its segments left as loading made them"
        )
        return elastic

    def _tantivy(self) -> PlainTantivy | None:
        try:
            return PlainTantivy()
        except ImportError as exc:
            self.report.skipped["tantivy"] = f"{exc}: pip install -r requirements-bench.txt"
            return None

    def _describe(self, engine: Engine, asked: int, loaded: dict[str, object]) -> None:
        generation = engine.generation()
        self.report.data = {
            "corpus": self.args.corpus.name,
            "documents": generation.documents,
            "passages": generation.passages,
            "loaded_in": f"{loaded['took_s']} s, fitting included (vectors known before were not encoded again)",
            "queries": f"{asked} of {self.args.queries.name}",
            "rounds": self.args.rounds,
            "models": dict(generation.models),
        }

    def _part(self, name: str, run: Callable[[], None]) -> None:
        if self._wanted(name):
            print(f"measuring: {name} ...", file=sys.stderr)
            run()

    def _wanted(self, name: str) -> bool:
        return name not in self.args.skip

    def _add(self, table: Table) -> None:
        self.report.tables.append(table)

    @staticmethod
    def _open(stack: ExitStack, settings: Settings) -> Engine:
        engine = open_engine(settings)
        stack.callback(engine.close)
        return engine


def _remembering(analyzer: Analyzer) -> Analyzer:
    """The same analyzer, with an encoder that encodes no query twice."""
    return analyzer.with_encoder(Remembering(analyzer.encoder))


if __name__ == "__main__":
    sys.exit(main())
