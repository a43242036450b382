"""What our errors say: a person reads it at the command line and on a page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from search import errors
from search.errors import SearchError

ROOT = Path(__file__).parents[2]
FILES = sorted(path for package in ("search", "indexer") for path in (ROOT / package).rglob("*.py"))
OURS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SearchError)}
HAN = re.compile("[\u4e00-\u9fff]")


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Line and literal text of every error of ours that is made in a file; what another function words is not looked at."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OURS and node.args:
            parts = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
            if isinstance(node.args[0], ast.Constant | ast.JoinedStr):
                yield node.lineno, "".join(map(str, parts))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_error_is_said_in_chinese(path):
    assert [f"{path}:{line}: {text}" for line, text in said(path) if not HAN.search(text)] == []
