"""What every command does around its work."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

STRUCK = """
import sys
from search import command

def work(settings):
    try:
        raise {cause}
    except BaseException as exc:
        raise ImportError("initialization failed") from exc

sys.exit(command.run(work, "stopped; go on by repeating"))
"""


@pytest.mark.parametrize(("cause", "code", "said"), [("KeyboardInterrupt", 130, "go on"), ("ValueError", 1, "Traceback")])
def test_an_interrupt_inside_an_import_is_an_interrupt_and_a_broken_import_is_none(cause, code, said):
    ended = subprocess.run(
        [sys.executable, "-c", STRUCK.format(cause=cause)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == code
    assert said in ended.stderr
    assert ("Traceback" in ended.stderr) == (code == 1)
