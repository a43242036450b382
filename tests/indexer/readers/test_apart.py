"""What a file can do to the process that reads it: each is lost alone, with its reason, and the next one is read."""

import logging
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from indexer.readers.apart import ROOT, Apart, Limits
from indexer.readers.paths import Refusal, read_paths
from search.errors import BadDocument
from tests.indexer import pdf_files

PAGE = "<p>偏头痛发作时，头的一侧跳着疼。</p>".encode()
LONG = PAGE * 400_000  # many seconds of computing on any machine
WIDE = "<p>一，".encode() * 800_000  # more memory than the tests allow


@pytest.fixture
def apart():
    with Apart(Limits(cpu_seconds=20, wall_seconds=60, memory=200 * 2**20)) as process:
        yield process


def pid(apart):
    assert apart._child
    return apart._child.pid


def test_one_process_reads_many_files(apart):
    first = apart.read("html", PAGE)
    process = pid(apart)
    assert apart.read("pdf", pdf_files.table()).title == "常用退热药使用须知"
    assert pid(apart) == process
    assert first.text == "偏头痛发作时，头的一侧跳着疼。"


def test_a_refusal_says_why_and_ends_nothing(apart):
    apart.read("html", PAGE)
    process = pid(apart)
    with pytest.raises(BadDocument, match="密码"):
        apart.read("pdf", pdf_files.encrypted())
    assert apart.read("html", PAGE).text
    assert pid(apart) == process


def test_a_file_that_computes_too_long_is_given_up():
    with Apart(Limits(cpu_seconds=1)) as apart:
        apart.read("html", PAGE)
        with pytest.raises(BadDocument, match="计算超过 1 秒"):
            apart.read("html", LONG)
        assert apart.read("html", PAGE).text


def test_a_file_that_takes_too_long_is_given_up():
    with Apart(Limits(wall_seconds=1.0)) as apart:
        started = time.monotonic()
        with pytest.raises(BadDocument, match="1 秒还没读完"):
            apart.read("html", LONG)
        assert time.monotonic() - started < 5
        apart.limits = Limits()
        assert apart.read("html", PAGE).text


def computed(process: int) -> float:
    """Seconds that a process has computed."""
    return sum(map(float, Path(f"/proc/{process}/stat").read_text().split()[13:15])) / os.sysconf("SC_CLK_TCK")


def test_seconds_are_counted_for_each_file_anew():
    with Apart(Limits(cpu_seconds=1)) as apart:
        apart.read("html", PAGE)
        reading = pid(apart)
        while computed(reading) < 1.5:
            assert apart.read("html", PAGE * 6_000).text
        assert pid(apart) == reading


def test_a_file_that_wants_too_much_memory_is_given_up(apart):
    apart.read("html", PAGE)
    with pytest.raises(BadDocument, match="内存超过 200 MB"):
        apart.read("html", WIDE)
    assert apart.read("html", PAGE).text


def test_a_stream_that_inflates_to_hundreds_of_megabytes_is_given_up(apart):
    stream = zlib.compress(b"0 0 m 1 1 l " * 8_000_000, 1)
    bomb = pdf_files.written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(stream), stream),
    )
    with pytest.raises(BadDocument, match="内存超过 200 MB"):
        apart.read("pdf", bomb)
    assert apart.read("html", PAGE).text


def test_a_process_that_was_killed_between_two_files_is_started_again(apart):
    """As is one that the files before left without memory: what they did is not held against the next."""
    for _ in range(12):  # it dies before, while or after the next file is written to it
        apart.read("html", PAGE)
        os.kill(pid(apart), signal.SIGKILL)
        assert apart.read("html", PAGE).text


def test_a_folder_loses_only_the_file_that_breaks_its_reader(tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.readers.paths.Apart", lambda: Apart(Limits(cpu_seconds=1)))
    for name, data in {"a.html": PAGE, "b.html": LONG, "c.pdf": pdf_files.table(), "d.pdf": pdf_files.loop()}.items():
        (tmp_path / name).write_bytes(data)
    reads = list(read_paths([tmp_path]))
    assert [(Path(read.where).name if isinstance(read, Refusal) else read.title) for read in reads] == [
        "偏头痛发作时，头的一侧跳着疼",
        "b.html",
        "常用退热药使用须知",
        "d.pdf",
    ]


def test_no_process_is_left_behind(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    reads = read_paths([tmp_path, tmp_path])
    next(reads)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert children
    reads.close()
    assert not set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()) & set(children)


def test_the_process_ends_with_the_one_that_started_it():
    script = (
        "import os\nfrom indexer.readers.apart import Apart\n"
        "apart = Apart()\napart.read('html', b'<p>x</p>')\nprint(apart._child.pid, flush=True)\nos._exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    child = Path(f"/proc/{int(done.stdout)}")
    deadline = time.monotonic() + 10
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.exists()


def test_what_a_parser_prints_does_not_disturb_the_answers():
    request = b'{"form": "html", "size": 8}\n<p>x</p>'
    script = (
        "import sys; sys.argv = ['child', '9', str(2**30)]\n"
        "from indexer.readers import child, html\n"
        "read = html.read\n"
        "def chatty(data):\n    print('noise', flush=True)\n    return read(data)\n"
        "html.read = chatty\nchild.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], input=request, capture_output=True, cwd=ROOT, check=False)
    assert done.stdout.startswith(b'{"document"')


def test_a_broken_parser_is_a_refusal_with_its_name():
    from indexer.readers.child import _answer

    assert "ValueError" in _answer("odt", b"", 1)["refused"]


def test_a_failure_that_no_reader_foresaw_is_refused_and_its_traceback_logged(apart, caplog):
    with caplog.at_level(logging.INFO), pytest.raises(BadDocument, match="读不出来（ValueError）"):
        apart.read("no such format", PAGE)
    assert "Traceback" in caplog.text
    assert apart.read("html", PAGE).text
