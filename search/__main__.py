"""python -m search query TEXT | evaluate DIR | doctor"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search import command, corpus_index, show
from search.bootstrap import analyzer_opener, make_searcher, open_engine
from search.errors import BadQuery, SearchError
from search.query import FIELDS, Filters, Query
from search.ranking import ranking, rankings, without
from search.searcher import Searcher
from search.settings import Settings

if TYPE_CHECKING:  # evaluation brings libraries that a search need not wait for
    from search.evaluation.dataset import Dataset


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 and a sentence on stderr where it cannot be done."""
    args = _parser().parse_args(argv)
    return command.run(lambda settings: int(args.run(args, settings)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m search", description="搜索，评测，体检。")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    query = commands.add_parser("query", help="搜索")
    query.add_argument("text", help="要搜的话；- 表示标准输入，每行一问，每行一个 JSON 回答")
    query.add_argument("--ranking", default="hybrid", metavar="NAME", help=f"{' '.join(rankings())}（默认 hybrid）")
    query.add_argument("--limit", type=int, default=10, metavar="N")
    query.add_argument("--offset", type=int, default=0, metavar="N")
    query.add_argument(
        "--filter", action="append", default=[], metavar="FIELD=VALUE", help=f"FIELD：{' '.join(FIELDS)} from to；可重复"
    )
    query.add_argument("--exclude", action="append", default=[], metavar="FIELD=VALUE")
    query.add_argument("--sort", choices=("relevance", "date", "title"), default="relevance")
    query.add_argument("--json", action="store_true", help="在标准输出写一个 JSON 对象")
    query.set_defaults(run=_query)
    beside = commands.add_parser("side-by-side", help="同一个问题，几种排序方法并排")
    beside.add_argument("text")
    beside.add_argument("--rankings", default="bm25,hybrid", metavar="A,B")
    beside.add_argument("--limit", type=int, default=10, metavar="N")
    beside.set_defaults(run=_side_by_side)
    judge = commands.add_parser("evaluate", help="在一套有评判的查询上比较排序方法（BEIR 布局）")
    judge.add_argument("folder", type=Path, metavar="DIR")
    judge.add_argument("--split", metavar="NAME", help="qrels/NAME.tsv；默认 dev、test、train 中先有的")
    judge.add_argument("--rankings", default=",".join(rankings()), metavar="A,B")
    judge.add_argument("--ablate", action="store_true", help="再逐一去掉每一支")
    judge.add_argument("--floors", type=Path, metavar="FILE", help="低于文件里的底线就返回 1")
    judge.add_argument("--set-floors", action="store_true", help="把底线提高到这次的结果")
    judge.add_argument("--allow-lower", action="store_true", help="同 --set-floors：也允许降低")
    judge.add_argument("--json", action="store_true")
    judge.set_defaults(run=_evaluate)
    tuning = commands.add_parser("tune", help="在有评判的查询上拟合各排序方法的权重，写入 search/rankings.json")
    tuning.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    tuning.add_argument("--split", default="train", metavar="NAME")
    tuning.add_argument("--queries", type=int, default=400, metavar="N", help="每套最多用几个查询（默认 400）")
    tuning.add_argument("--out", type=Path, metavar="FILE", help="写到这里，而不是 search/rankings.json")
    tuning.set_defaults(run=_tune)
    doctor = commands.add_parser("doctor", help="装了什么，哪个引擎，哪些模型，哪里不对，怎么修")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)
    return parser


def _query(args: argparse.Namespace, settings: Settings) -> int:
    filters = _filters(args.filter, args.exclude)
    engine = open_engine(settings)
    try:
        searcher = make_searcher(settings, engine)
        for text in _lines() if args.text == "-" else [args.text]:
            query = Query(text, filters, None if args.sort == "relevance" else args.sort, args.limit, args.offset)
            if args.text == "-":
                print(json.dumps(_answer(searcher, query, args.ranking), ensure_ascii=False), flush=True)
                continue
            results = searcher.search(_readable(query), args.ranking)
            print(
                json.dumps(show.to_dict(query, args.ranking, results), ensure_ascii=False)
                if args.json
                else show.to_text(results)
            )
    finally:
        engine.close()
    return 0


def _side_by_side(args: argparse.Namespace, settings: Settings) -> int:
    names = [ranking(name).name for name in args.rankings.split(",")]
    engine = open_engine(settings)
    try:
        searcher = make_searcher(settings, engine)
        query = _readable(Query(args.text, limit=args.limit))
        print(show.side_by_side({name: searcher.search(query, name, ()) for name in names}))
    finally:
        engine.close()
    return 0


def _lines() -> Iterator[str]:
    """The lines of standard input; one that cannot be decoded comes with lone surrogates, and stops nothing."""
    if sys.stdin is None:
        raise SearchError("标准输入是关着的；请从管道或文件给出查询，每行一个")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    for line in sys.stdin:
        yield line.rstrip("\r\n")


def _readable(query: Query) -> Query:
    """The query. BadQuery where its bytes were no text in the charset of this terminal or pipe."""
    try:
        query.text.encode()
    except UnicodeEncodeError:
        raise BadQuery("查询的字符编码读不出来；请用 UTF-8，例如先经过 iconv -f gb18030 -t utf-8") from None
    return query


def _answer(searcher: Any, query: Query, ranking: str) -> Mapping[str, Any]:
    """One line's answer; a line that cannot be answered says so and the next one goes on."""
    try:
        return show.to_dict(query, ranking, searcher.search(_readable(query), ranking))
    except BadQuery as exc:
        return {"query": query.text, "ranking": ranking, "error": str(exc)}


def _filters(include: Sequence[str], exclude: Sequence[str]) -> Filters:
    dates: dict[str, date | None] = {"from": None, "to": None}
    for given in list(include):
        name, _, value = given.partition("=")
        if name in dates:
            dates[name] = _date(name, value)
    fields = [given for given in include if given.partition("=")[0] not in dates]
    return Filters(_pairs(fields), _pairs(exclude), published_from=dates["from"], published_to=dates["to"])


def _pairs(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, tuple[str, ...]] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name not in FIELDS:
            raise BadQuery(f"“{pair}”不是筛选条件；请写 字段=值，字段可以是：{' '.join(FIELDS)}")
        pairs[name] = (*pairs.get(name, ()), value)
    return pairs


def _date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadQuery(f"{name}={value} 不是日期；请写 2025-06-12 这样的日期") from None


def _evaluate(args: argparse.Namespace, settings: Settings) -> int:
    from search.evaluation.dataset import Dataset
    from search.evaluation.evaluate import evaluate
    from search.evaluation.floors import below, read_floors, write_floors

    chosen = [ranking(name) for name in args.rankings.split(",")]
    if args.ablate:
        chosen += [without(one, leg.name) for one in chosen if len(one.legs) > 1 for leg in one.legs]
    dataset = Dataset.open(args.folder, args.split)
    with _searching([dataset], settings) as (searcher,):
        report = evaluate(dataset, {one.name: partial(searcher.rank, name=one) for one in chosen})
    print(json.dumps(report, ensure_ascii=False) if args.json else show.table_text(report))
    if args.floors is None:
        return 0
    if args.set_floors:
        write_floors(args.floors, report, args.allow_lower)
    found = below(report, read_floors(args.floors))
    print("\n".join(found) or "没有一项低于底线。", file=sys.stderr)
    return int(bool(found))


def _tune(args: argparse.Namespace, settings: Settings) -> int:
    from search.evaluation.dataset import Dataset
    from search.ranking import PARAMETERS
    from search.tune import check_writable, tune

    out = args.out or PARAMETERS
    check_writable(out)
    datasets = [Dataset.open(folder, args.split) for folder in args.folders]
    with _searching(datasets, settings) as searchers:
        tune(list(zip(datasets, searchers, strict=True)), args.queries, out)
    return 0


@contextmanager
def _searching(datasets: Sequence["Dataset"], settings: Settings) -> Iterator[list[Searcher]]:
    """A searcher for each set, over an index of its own corpus; the sets share one encoder."""
    from search.evaluation.evaluate import absent_pages

    opener = analyzer_opener(settings)
    with ExitStack() as stack:
        searchers = []
        for dataset in datasets:
            own = corpus_index.index_settings(dataset.corpus, "evaluate", opener({}).models, settings)
            corpus_index.load(dataset.corpus, own)
            engine = stack.enter_context(closing(open_engine(own)))
            _tell_of_absent(absent_pages(dataset, engine.fetch))
            searchers.append(Searcher(engine, opener))
        yield searchers


def _tell_of_absent(pages: Sequence[str]) -> None:
    if pages:
        print(f"评判为相关的有 {len(pages):,} 篇不在语料里，例如 {pages[0]}；按找不到计", file=sys.stderr)


def _doctor(args: argparse.Namespace, settings: Settings) -> int:
    from search.doctor import examine

    findings = examine(settings)
    print(
        json.dumps([finding.to_dict() for finding in findings], ensure_ascii=False)
        if args.json
        else show.findings_text(findings)
    )
    return int(any(finding.state == "bad" for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
