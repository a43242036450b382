"""python -m indexer load PATH... | fit [KIND...] [--compare] | rebuild"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from indexer.batches import batched
from indexer.fit import FITTED, Fitted, fit
from indexer.ingest import Outcome, ingest
from indexer.pipeline import Pipeline
from indexer.progress import Progress
from indexer.readers.paths import Refusal, read_paths
from indexer.rebuild import rebuild
from search import command
from search.bootstrap import analyzer_opener, open_engine
from search.document import Document
from search.engine.base import Engine
from search.errors import EngineUnavailable, ModelUnusable, RebuildRunning, SearchError
from search.searcher import EMPTY
from search.settings import Settings
from search.text import tfidf
from search.text.analyzer import Analyzer
from search.text.encoders import word2vec
from search.text.models import ModelStore

Opener = Callable[[Mapping[str, str]], Analyzer]

BATCH = 64  # documents: about 400 passages, enough to sort by length and small enough to lose little
WAIT_SECONDS = 1.0  # between two looks at another process that is making the models
WORDS = {"new": "新增", "changed": "更新", "unchanged": "没有变化", "refused": "拒收"}
INTERRUPTED = "已中断；已经写入的都在，再运行同一条命令会接着做。"


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 0 if everything was taken in, 1 if something was refused or failed."""
    args = _parser().parse_args(argv)

    def work(settings: Settings) -> int:
        engine = open_engine(settings, create=args.run is _load)
        try:
            return int(args.run(args, settings, engine))
        finally:
            engine.close()

    return command.run(work, INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m indexer", description="把文章写进索引。")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load = commands.add_parser("load", help="读入文件、文件夹或 -（标准输入），建立索引")
    load.add_argument(
        "paths", nargs="+", metavar="PATH", help=".jsonl .txt .md .html .pdf .docx，文件夹，或 -（每行一个 JSON）"
    )
    load.add_argument("--prefix", default="", metavar="NAME", help="编号前加 NAME:，以免与别的来源相同")
    load.add_argument(
        "--acknowledge",
        action="store_true",
        help='每存好一批，就为其中每篇在标准输出写一行 {"doc_id": …, "state": …}，别的都写到标准错误；写出来的，断电、被杀都不会丢',
    )
    load.set_defaults(run=_load)
    fitting = commands.add_parser("fit", help="用已有的文章训练模型，并重算依赖它的部分")
    fitting.add_argument("kinds", nargs="*", metavar="KIND", help=f"{' '.join(FITTED)}；不写就是全部")
    fitting.add_argument("--compare", action="store_true", help="word2vec 用 CBOW 和 skip-gram 各训练一遍，报告并保留较好的")
    fitting.set_defaults(run=_fit)
    again = commands.add_parser("rebuild", help="把全部文章重新推导到新的一代，然后切换")
    again.set_defaults(run=_rebuild)
    for each in (load, fitting, again):
        each.add_argument("--json", action="store_true", help="结果在标准输出写成一个 JSON 对象")
    return parser


def _load(args: argparse.Namespace, settings: Settings, engine: Engine) -> bool:
    started = time.monotonic()
    opener = analyzer_opener(settings)
    outcomes: list[Refusal] = []
    counts: Counter[str] = Counter()
    batches = batched(_documents(args.paths, args.prefix, outcomes), BATCH)
    taken_in = ingest(batches, engine, lambda: Pipeline(opener(engine.generation().models)))
    progress = Progress("读入")  # its clock starts with the first document: models take a second or two to open
    for batch in taken_in:
        counts.update(outcome.state for outcome in batch)
        outcomes.extend(_refusal(outcome) for outcome in batch if outcome.state == "refused")
        if args.acknowledge:
            _acknowledge(batch)
        progress.advance(len(batch))
    progress.done()
    engine.refresh()
    counts["refused"] = len(outcomes)
    failed = ""
    try:
        _first_models(settings, engine, opener)
    except SearchError as exc:
        failed = str(exc)
        raise
    finally:  # what was refused is told however training ends
        report = _load_report(args.json, counts, outcomes, time.monotonic() - started, failed)
        print(report, file=sys.stderr if args.acknowledge else sys.stdout)
    return bool(outcomes)


def _documents(paths: Sequence[str], prefix: str, refused: list[Refusal]) -> Iterator[Document]:
    for one in read_paths(paths, prefix):
        if isinstance(one, Refusal):
            refused.append(one)
        else:
            yield one


def _refusal(outcome: Outcome) -> Refusal:
    return Refusal(outcome.doc_id, outcome.reason)


def _acknowledge(batch: Sequence[Outcome]) -> None:
    """A line for each document that is stored for good; at once, since whoever reads it may now forget its copy."""
    for outcome in batch:
        if outcome.state != "refused":
            print(json.dumps({"doc_id": outcome.doc_id, "state": outcome.state}, ensure_ascii=False))
    sys.stdout.flush()


def _first_models(settings: Settings, engine: Engine, opener: Opener) -> None:
    """A load that ends in an index without models makes them; where another process is at it, that one's serve both."""
    if not _wants_models(engine):
        return
    try:
        pipeline = Pipeline(opener(_train(settings, engine, FITTED).models))
        while _wants_models(engine):
            try:
                _run_rebuild(engine, pipeline)
            except RebuildRunning:
                time.sleep(WAIT_SECONDS)
    except (EngineUnavailable, ModelUnusable) as exc:
        raise SearchError(f"文章都已写入，但模型没有训练成：{exc}\n解决之后请运行 python -m indexer fit") from exc


def _wants_models(engine: Engine) -> bool:
    generation = engine.generation()
    return generation.documents > 0 and tfidf.KIND not in generation.models


def _load_report(as_json: bool, counts: Counter[str], refused: Sequence[Refusal], seconds: float, failed: str) -> str:
    """What was read and what became of it; failed: why there are no models."""
    read = sum(counts.values())
    if as_json:
        rows = [{"where": one.where, "reason": one.reason} for one in refused]
        states = {name: counts[name] for name in WORDS}
        report = {"read": read, **states, "refusals": rows, "took_s": round(seconds, 1)}
        return json.dumps(report | ({"error": failed} if failed else {}), ensure_ascii=False)
    states_said = "，".join(f"{word} {counts[name]:,}" for name, word in WORDS.items())
    lines = [f"读到 {read:,} 篇：{states_said}。用时 {seconds:.0f} 秒。"]
    return "\n".join([*lines, *(f"  拒收 {one.where}：{one.reason}" for one in refused)])


def _fit(args: argparse.Namespace, settings: Settings, engine: Engine) -> bool:
    unknown = [kind for kind in args.kinds if kind not in FITTED]
    if unknown:
        raise SearchError(f"没有叫 {'、'.join(unknown)} 的模型；可选：{' '.join(FITTED)}")
    kinds = args.kinds or FITTED
    if args.compare and word2vec.KIND not in kinds:
        raise SearchError(f"--compare 比较的是 {word2vec.KIND}；请写 python -m indexer fit {word2vec.KIND} --compare")
    if not engine.generation().documents:
        raise SearchError(EMPTY)  # models of nothing would be taken for models of what is loaded later
    opener = analyzer_opener(settings)
    given = {kind: mark for kind, mark in engine.generation().models.items() if kind not in FITTED}
    opener(given)  # an index of another lexicon is told so before minutes of training
    _report_fit(args.json, _fit_and_rebuild(settings, engine, kinds, opener, args.compare))
    return False


def _report_fit(as_json: bool, fitted: Fitted) -> None:
    comparison = fitted.comparison
    if as_json:
        compared = {"comparison": comparison.to_dict()} if comparison else {}
        print(json.dumps({"models": fitted.models, **compared}, ensure_ascii=False))
        return
    if comparison:
        print(comparison.to_text())
    print("模型：" + "，".join(f"{kind} {mark}" for kind, mark in fitted.models.items()))


def _rebuild(args: argparse.Namespace, settings: Settings, engine: Engine) -> bool:
    opener = analyzer_opener(settings)
    current = opener({}).models
    models = dict(engine.generation().models)
    stale = models.get("text") != current["text"]
    kept = {} if stale else {kind: models[kind] for kind in FITTED if kind in models}
    _run_rebuild(engine, Pipeline(opener({**current, **kept})))
    if engine.generation().documents and (stale or tfidf.KIND not in kept):  # also where a rebuild ended before its fit
        _fit_and_rebuild(settings, engine, FITTED, opener, before=models)
    models = dict(engine.generation().models)
    print(json.dumps({"models": models}) if args.json else f"已切换到新的一代 {engine.generation().name}。")
    return False


def _fit_and_rebuild(
    settings: Settings,
    engine: Engine,
    kinds: Sequence[str],
    opener: Opener,
    compare: bool = False,
    before: Mapping[str, str] | None = None,
) -> Fitted:
    fitted = _train(settings, engine, kinds, compare, before)
    _run_rebuild(engine, Pipeline(opener(fitted.models)))
    return fitted


def _train(
    settings: Settings, engine: Engine, kinds: Sequence[str], compare: bool = False, before: Mapping[str, str] | None = None
) -> Fitted:
    print(f"训练 {' '.join(kinds)} …", file=sys.stderr)
    return fit(engine, ModelStore(settings.var / "models"), kinds, compare, before)


def _run_rebuild(engine: Engine, pipeline: Pipeline) -> None:
    progress = Progress("重建", engine.generation().documents)
    rebuild(engine, pipeline, progress.advance)
    progress.done()
    engine.refresh()


if __name__ == "__main__":
    sys.exit(main())
