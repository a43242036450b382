"""What every command line does around its work: settings, logs, output that cannot fail, errors in a sentence."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

from search import logs
from search.errors import SearchError
from search.settings import Settings

FAILED, INTERRUPTED = 1, 130


def run(work: Callable[[Settings], int], interrupted: str = "") -> int:
    """Do the work and return its exit code; what a person can mend is one sentence on stderr, never a traceback."""
    try:
        _never_fail_to_print()
        settings = Settings.from_env()
        _configure_logs(settings.log_level)
        code = work(settings)
        sys.stdout.flush()
        return code
    except SearchError as exc:
        return _failed(str(exc))
    except BrokenPipeError:
        _forget_output()
        return INTERRUPTED
    except OSError as exc:
        return _failed(f"{exc.strerror or exc}{f'：{exc.filename}' if exc.filename else ''}")
    except KeyboardInterrupt:
        return _stopped(interrupted)
    except ImportError as exc:
        if not isinstance(exc.__cause__, KeyboardInterrupt):  # so comes Ctrl-C out of the import of a compiled module
            raise
        return _stopped(interrupted)


def _stopped(sentence: str) -> int:
    if sentence:
        print(f"\n{sentence}", file=sys.stderr)
    return INTERRUPTED


def _failed(sentence: str) -> int:
    print(f"出错：{sentence}", file=sys.stderr)
    return FAILED


def _never_fail_to_print() -> None:
    """A terminal of another charset, or half a character in a title, costs a question mark, not the answer."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _configure_logs(level: str) -> None:
    try:
        logs.configure(level)
    except ValueError as exc:
        raise SearchError(f"XINGLIN_LOG_LEVEL={level!r} 不是日志级别；可选：DEBUG INFO WARNING ERROR") from exc


def _forget_output() -> None:
    """Whoever read our output has gone (`| head`): what is left in the buffer must not fail again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
