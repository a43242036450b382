"""python -m indexer.readers.child CPU_SECONDS MEMORY: reads files for `apart`, within limits that the system keeps.

On standard input, again and again: a line of JSON {"form", "size"}, then the file. On standard output for each a line of
JSON: {"document"} or {"refused"}; "exhausted" where there is no memory left for another file, "trace" where a reader failed
in a way that it did not foresee.
"""

import json
import math
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, BinaryIO

from search.document import Document
from search.errors import BadDocument

FORMATS = ("html", "pdf", "docx")  # a module of this room each, with read(data)


def main() -> None:
    """Answer until nobody asks any more."""
    cpu_seconds, memory = map(int, sys.argv[1:])
    requests, answers = _pipes()
    _confine(memory)
    while header := requests.readline():
        request = json.loads(header)
        data = requests.read(request["size"])
        _allow(cpu_seconds)
        answers.write(json.dumps(_answer(request["form"], data, memory)).encode() + b"\n")
        answers.flush()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input, and standard output for answers alone: what a parser prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return sys.stdin.buffer, answers


def _confine(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked decides what an interrupt means
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS keeps no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _allow(cpu_seconds: int) -> None:
    """So many seconds of computing from now on; then SIGXCPU."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + cpu_seconds, hard))


def _answer(form: str, data: bytes, memory: int) -> dict[str, Any]:
    try:
        return {"document": _reader(form)(data).to_dict()}
    except BadDocument as exc:
        return {"refused": str(exc)}
    except MemoryError:
        return {"refused": f"需要的内存超过 {memory >> 20} MB，已停止：请把文件拆开", "exhausted": True}
    except ImportError as exc:
        return {"refused": f"缺少程序库 {exc.name}：请运行 pip install -r requirements-core.txt"}
    except Exception as exc:  # a parser's own, of which there is no end
        return {"refused": f"读不出来（{type(exc).__name__}）：文件可能损坏", "trace": traceback.format_exc()}


def _reader(form: str) -> Callable[[bytes], Document]:
    if form not in FORMATS:
        raise ValueError(form)
    return import_module(f"indexer.readers.{form}").read  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
