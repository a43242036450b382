import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.readers import jsonl, paths
from indexer.readers.paths import Refusal, read_paths
from search.document import Document

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def folder(tmp_path):
    """A folder named docs; `folder / name` is written with a title by itself."""
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def write(path, content="题目\n正文。"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(*ids):
    return "".join(json.dumps({"_id": doc_id, "title": doc_id}) + "\n" for doc_id in ids)


def titles(reads):
    return [read.title for read in reads if isinstance(read, Document)]


def refusals(reads):
    return [read for read in reads if isinstance(read, Refusal)]


def test_a_folder_is_read_whole_in_the_order_of_names(folder):
    for name in (
        "b.txt",
        "a/z.md",
        "a/b.markdown",
        "c.jsonl",
        ".hidden.txt",
        ".git/x.txt",
        "README.md",
        "x.csv",
        "a/readme.txt",
    ):
        write(folder / name, rows("row") if name == "c.jsonl" else name)
    reads = list(read_paths([folder]))
    assert titles(reads) == ["a/b.markdown", "a/z.md", "b.txt", "row"]
    assert {read.source for read in reads} == {"docs"}


def test_a_named_file_is_read_or_refused_never_passed_over(folder):
    reads = list(
        read_paths(
            [write(folder / "README.md", "# 说明"), write(folder / "a.csv"), write(folder / "b.pdf"), folder / "none.txt"]
        )
    )
    assert titles(reads) == ["说明"]
    unknown, no_pdf, missing = refusals(reads)
    assert ".jsonl" in unknown.reason
    assert "不是 PDF" in no_pdf.reason
    assert missing == Refusal(str(folder / "none.txt"), "没有这个文件或文件夹")


def test_pages_papers_and_word_files_are_read_beside_texts(folder):
    for name in ("question.html", "clinic-big5.htm", "leaflet.xhtml", "table.pdf", "without-styles.docx"):
        write(folder / name.upper(), (DATA / name).read_bytes())
    assert titles(read_paths([folder])) == [
        "帶狀皰疹",
        "蒙脱石散说明书",
        "宝宝发烧38度5要吃退烧药吗？",
        "常用退热药使用须知",
        "鼻出血的家庭处理",
    ]


def test_a_file_has_the_same_id_alone_and_in_its_folder(folder):
    path = write(folder / "a.txt")
    (alone,), (within,) = read_paths([path]), read_paths([folder])
    assert (alone.doc_id, alone.source) == (within.doc_id, within.source)


def test_an_id_stays_when_the_text_of_a_file_changes(folder):
    (before,) = read_paths([write(folder / "a.txt", "题\n一。")])
    (after,) = read_paths([write(folder / "a.txt", "题\n二。")])
    assert before.doc_id == after.doc_id


def test_rows_without_an_id_keep_theirs_when_rows_come_before_them(folder):
    row = '{"title": "甲", "text": "乙"}\n'
    (before,) = read_paths([write(folder / "a.jsonl", row)])
    *_, after = read_paths([write(folder / "a.jsonl", rows("new") + row)])
    assert before.doc_id == after.doc_id


def test_a_second_row_with_the_same_id_is_refused_with_both_places(folder):
    first, second = write(folder / "a.jsonl", rows("x", "y")), write(folder / "b.jsonl", rows("z", "x"))
    reads = list(read_paths([first, second]))
    assert titles(reads) == ["x", "y", "z"]
    (refusal,) = refusals(reads)
    assert refusal.where == f"{second}:2"
    assert f"{first}:1" in refusal.reason
    assert f"{second}:2" in refusal.reason


def test_a_page_saved_twice_is_refused_with_the_address_that_both_name(folder):
    data = (DATA / "disease-portal.html").read_bytes()
    reads = list(read_paths([write(folder / "a.html", data), write(folder / "b.html", data)]))
    assert titles(reads) == ["痛风"]
    assert "https://www.example.org/jibing/tongfeng/" in refusals(reads)[0].reason


def test_a_prefix_goes_before_given_ids(folder):
    (read,) = read_paths([write(folder / "a.jsonl", rows("x"))], prefix="site")
    assert read.doc_id == "site:x"


def test_what_states_no_time_of_capture_gets_the_given_one(folder):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    (read,) = read_paths([write(folder / "a.txt")], now=now)
    assert read.captured_at == now


def test_a_dash_reads_rows_from_standard_input(monkeypatch):
    data = '{"_id": "a", "title": "甲"}\n{"_id": '.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    document, refusal = read_paths(["-"])
    assert (document.title, document.source) == ("甲", "stdin")
    assert refusal.where == "stdin:2"


def test_rows_come_one_by_one(monkeypatch):
    """The first document is there while the other end of the pipe is still open."""
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stream, os.fdopen(write_end, "wb", buffering=0) as pipe:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        pipe.write(rows("a").encode())
        reads = read_paths(["-"])
        assert next(reads).title == "a"
        pipe.write(rows("b").encode())
        assert next(reads).title == "b"


def test_empty_standard_input_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO())))
    assert list(read_paths(["-"])) == []


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read(folder, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE", 100)
    path = write(folder / "a.jsonl", rows("a") + "x" * 1000 + "\n" + rows("b"))
    reads = list(read_paths([path]))
    assert titles(reads) == ["a", "b"]
    assert [refusal.where for refusal in refusals(reads)] == [f"{path}:2"]


def test_a_file_that_is_too_large_for_a_document_is_refused(folder, monkeypatch):
    monkeypatch.setattr(paths, "MAX_FILE", 100)
    (refusal,) = read_paths([write(folder / "a.txt", "字" * 50)])
    assert "JSON lines" in refusal.reason


def test_a_file_of_200_megabytes_is_refused_whatever_its_format(folder):
    for name in ("a.pdf", "b.html", "c.docx", "d.txt"):
        with (folder / name).open("wb") as stream:
            stream.truncate(200 * 2**20)
    assert [refusal.reason[:8] for refusal in refusals(read_paths([folder]))] == ["超过 64 MB"] * 4


@pytest.mark.parametrize("line", ["[" * 100_000, '{"_id": ' + "9" * 5000 + "}", '"words"', "null"])
def test_rows_that_no_parser_likes_are_refused(folder, line):
    reads = list(read_paths([write(folder / "a.jsonl", f"{line}\n{rows('b')}")]))
    assert titles(reads) == ["b"]
    assert len(refusals(reads)) == 1


def test_a_broken_first_line_does_not_take_the_file_with_it(folder):
    reads = list(read_paths([write(folder / "a.jsonl", b"\xff" * 90 + b"\n" + rows("b").encode())]))
    assert titles(reads) == ["b"]
    assert len(refusals(reads)) == 1


def test_rows_in_utf16_are_read(folder):
    text = '{"title": "甲\u2028乙", "text": "丙。"}\n{"title": "丁"}\n'
    assert titles(read_paths([write(folder / "a.jsonl", text.encode("utf-16"))])) == ["甲\u2028乙", "丁"]


def test_a_link_to_a_folder_is_not_followed(folder):
    write(folder / "a.txt")
    (folder / "loop").symlink_to(folder)
    reads = list(read_paths([folder]))
    assert titles(reads) == ["题目"]
    assert [refusal.where for refusal in refusals(reads)] == [str(folder / "loop")]


def test_a_file_that_cannot_be_opened_is_refused_and_the_next_is_read(folder):
    (folder / "a.txt").symlink_to(folder / "gone.txt")
    write(folder / "b.txt")
    reads = list(read_paths([folder]))
    assert titles(reads) == ["题目"]
    assert "读不了" in refusals(reads)[0].reason


def test_names_that_are_no_utf8_are_read_and_can_be_stored(tmp_path):
    folder = os.fsencode(tmp_path) + b"/\xcd\xb7"
    os.mkdir(folder)
    with open(folder + b"/\xcd\xb4.txt", "wb") as stream:
        stream.write("题目\n正文。".encode())
    (read,) = read_paths([os.fsdecode(folder)])
    assert read.source.encode()
