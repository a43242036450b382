"""python -m web serve [--host HOST] [--port N] [--workers N] [--no-limits] [--proxies N]"""

import time

BEGAN = time.monotonic()  # before the imports, which are most of the time that a start takes

import argparse  # noqa: E402
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402

from search import command  # noqa: E402
from search.settings import Settings  # noqa: E402
from web.serve import Serving, serve  # noqa: E402

MOST_WORKERS = 64


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 and a sentence on stderr where it cannot be done."""
    args = _parser().parse_args(argv)

    def work(settings: Settings) -> int:
        serve(settings, Serving(args.host, args.port, args.workers, not args.no_limits, args.proxies), BEGAN)
        return 0

    return command.run(work)


def _parser() -> argparse.ArgumentParser:
    usual = Serving()
    parser = argparse.ArgumentParser("python -m web", description="网页和接口。")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serving = commands.add_parser("serve", help="在浏览器里用：几个进程共用一个索引，直到 Ctrl-C 或 SIGTERM")
    serving.add_argument("--host", default=usual.host, help=f"监听的地址（默认 {usual.host}，只有本机能连）")
    serving.add_argument(
        "--port", type=_between(0, 65535), default=usual.port, metavar="N", help=f"默认 {usual.port}；0 是任意空闲的"
    )
    serving.add_argument(
        "--workers", type=_between(1, MOST_WORKERS), default=usual.workers, metavar="N", help=f"进程数（默认 {usual.workers}）"
    )
    serving.add_argument("--no-limits", action="store_true", help="不限每个客户端的请求数（测速用）")
    serving.add_argument(
        "--proxies",
        type=_between(0, 8),
        default=0,
        metavar="N",
        help="前面有几层自己的反向代理：从它们写的 X-Forwarded-For 认客户端",
    )
    return parser


def _between(least: int, most: int):  # noqa: ANN202 - a type for argparse
    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"要是 {least} 到 {most} 的数")
        return int(text)

    return number


if __name__ == "__main__":
    sys.exit(main())
