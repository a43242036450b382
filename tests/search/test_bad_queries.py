"""Queries that nobody expects: an answer or a sentence, never a traceback, and never a page full of nonsense."""

import json
import os
from contextlib import suppress

import pytest

from search.errors import BadQuery
from search.query import Query
from search.ranking import rankings
from tests.conftest import run_command

EMOJI = ("😷", "🤒🤢💊", "❤️‍🩹", "👨‍👩‍👧‍👦")
CONTROL = ("\x01\x02\x03", "\x1b[31m\x1b[0m", "\x7f\x85", "\u200b\u200d\ufeff", "\u202e\u2066")


def environ_of(settings):
    """What a command finds where nobody has told Python how to print."""
    told = ("XINGLIN_", "PYTHONUTF8", "PYTHONUNBUFFERED")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(told)}
    return environ | {"XINGLIN_ENGINE": settings.engine_url, "XINGLIN_VAR": str(settings.var)}


def first(results):
    return [hit.entry.doc_id for hit in results.hits]


@pytest.mark.parametrize("name", list(rankings()))
@pytest.mark.parametrize("text", EMOJI)
def test_emoji_alone_find_nothing_and_it_is_said(samples, text, name):
    results = samples.search(Query(text), name)
    assert (results.total, results.hits) == (0, ())
    assert results.notices


@pytest.mark.parametrize("name", list(rankings()))
def test_emoji_beside_words_change_little(samples, name):
    asked, meant = (first(samples.search(Query(text), name)) for text in ("😷头痛🤒", "头痛"))
    assert len(set(asked) & set(meant)) >= 7


@pytest.mark.parametrize("name", ["tfidf", "bm25", "hybrid"])
@pytest.mark.parametrize("text", CONTROL)
def test_characters_that_nobody_sees_find_nothing_or_are_asked_to_be_words(samples, text, name):
    with suppress(BadQuery):
        assert samples.search(Query(text), name).total == 0


@pytest.mark.parametrize("text", ["头\n痛", "\t头痛\r\n", "头痛\x00", "\x01头痛\x02", "\ufeff头痛"])
def test_characters_that_nobody_sees_beside_words_do_no_harm(samples, text):
    assert samples.search(Query(text), "hybrid").hits


@pytest.mark.parametrize("length", [2_001, 100_000])
def test_a_text_that_is_too_long_says_how_long_it_may_be(samples, length):
    with pytest.raises(BadQuery, match="最多 2,000 字"):
        samples.search(Query("痛" * length))


TRADITIONAL = {"頭痛": "头痛", "發燒咳嗽": "发烧咳嗽", "糖尿病視網膜病變": "糖尿病视网膜病变"}


@pytest.mark.parametrize("text", TRADITIONAL)
def test_traditional_characters_find_what_simplified_ones_find(samples, text):
    for name in ("tfidf", "bm25"):
        assert first(samples.search(Query(text), name)) == first(samples.search(Query(TRADITIONAL[text]), name))
    asked, meant = (first(samples.search(Query(one), "hybrid")) for one in (text, TRADITIONAL[text]))
    assert asked[0] == meant[0]


def test_a_pipe_of_odd_queries_is_answered_line_by_line(samples_settings):
    odd = ("头痛", "", "痛" * 100_000, "\x1b[31m", "😷", "頭痛", "a\x00b", "发烧")
    lines = "\n".join(odd).encode() + b"\n" + "怎么办".encode("gb18030") + b"\n\xff\xfe\n" + "咳嗽".encode()
    done = run_command(samples_settings, "search", "query", "-", "--ranking", "hybrid", input=lines, text=False)
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(rows) == len(odd) + 3
    errors = {number: row["error"] for number, row in enumerate(rows) if "error" in row}
    assert set(errors) == {1, 2, 8, 9}
    assert "最多 2,000 字" in errors[2]
    assert "请用 UTF-8" in errors[8]
    assert all(rows[number]["hits"] for number in (0, 5, 7, 10))
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("charset", ["utf-8:strict", "gbk:strict", "ascii:strict"])
def test_a_terminal_of_any_charset_gets_an_answer_or_a_sentence(samples_settings, charset):
    environ = environ_of(samples_settings) | {"PYTHONIOENCODING": charset}
    for text, code in (("😷头痛", 0), ("\udcff头痛", 1)):
        done = run_command(
            samples_settings, "search", "query", text, "--ranking", "bm25", "--json", env=environ, text=False, check=False
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False), done.stderr
        assert code or json.loads(done.stdout.decode(charset.partition(":")[0]))["hits"]


def test_a_closed_standard_input_is_said(samples_settings):
    done = run_command(samples_settings, "search", "query", "-", check=False, preexec_fn=lambda: os.close(0))
    assert done.returncode == 1
    assert "标准输入是关着的" in done.stderr


def test_an_output_that_nobody_reads_any_more_ends_quietly(samples_settings):
    reader, writer = os.pipe()
    os.close(reader)
    values = {"check": False, "capture_output": False, "stdout": writer, "stderr": -1, "env": environ_of(samples_settings)}
    done = run_command(samples_settings, "search", "query", "头痛", "--ranking", "bm25", "--limit", "1", **values)
    os.close(writer)
    assert done.returncode == 130
    assert done.stderr == ""


def test_a_place_that_cannot_be_written_is_said_before_anything_is_fitted(samples_settings, tmp_path):
    command = ("search", "tune", "samples", "--split", "qrels", "--queries", "5", "--out", str(tmp_path / "none" / "x.json"))
    done = run_command(samples_settings, *command, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "none/x.json" in done.stderr
    assert "samples" not in done.stderr  # no word of its index, or of its queries
