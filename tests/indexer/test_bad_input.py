"""What people give `python -m indexer` by mistake: each is refused in a sentence, what is good among it is taken in."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.indexer.workplace import Workplace

DATA = Path(__file__).parent / "data"
ROWS = [
    '{"_id": "good", "title": "头痛", "text": "头很痛。"}',
    "{broken",
    '{"_id": "good", "text": "又一次"}',
    '{"_id": "untitled", "text": "没有题目，只有正文。第二句。"}',
    '{"_id": "nothing"}',
    "[1, 2]",
    '{"_id": "a\\nb", "text": "编号里有换行"}',
    '{"_id": "emoji", "title": "😷", "text": "😷🤒"}',
    '{"_id": "control", "title": "甲\\u0000乙", "text": "一\\u0001二\\ud800三"}',
]


@pytest.fixture
def place(tmp_path, tools):
    return Workplace(tmp_path / "place", tools)


@pytest.fixture
def rows(tmp_path):
    """A file of a few good rows."""
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({"title": f"第{i}页", "text": "头痛伴恶心。"}) for i in range(8)), encoding="utf-8")
    return str(path)


@pytest.fixture
def mistakes(tmp_path):
    """A folder with every mistake that we know."""
    folder = tmp_path / "mistakes"
    folder.mkdir()
    files = {
        "rows.jsonl": "\n".join(ROWS).encode(),
        "empty.txt": b"",
        "empty.jsonl": b"",
        "noise.txt": os.urandom(5000),
        "noise.jsonl": os.urandom(5000),
        "picture.md": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "paper.pdf": b"%PDF-1.7",
        "gb18030.txt": "发热怎么办\n多喝水，注意休息，体温超过38.5℃时就医。".encode("gb18030"),
        "big5.txt": "頭痛怎麼辦\n請多休息，若持續疼痛請就醫。".encode("big5"),
        "deep.jsonl": b"[" * 100_000,
        "deep.html": b"<div>" * 10_000,
        "page.html": (DATA / "question.html").read_bytes(),
        "menu.html": (DATA / "menu-only.html").read_bytes(),
        "frames.htm": (DATA / "frames.html").read_bytes(),
        "scan.pdf": (DATA / "scan.pdf").read_bytes(),
        "locked.pdf": (DATA / "encrypted.pdf").read_bytes(),
        "login.pdf": b"<!DOCTYPE html><html><body><div id=app></div></body></html>",
        "old.docx": b"\xd0\xcf\x11\xe0" + bytes(600),
        "short.docx": (DATA / "cut-short.docx").read_bytes(),
        "word.docx": (DATA / "without-styles.docx").read_bytes(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_what_is_no_document_is_refused_one_by_one_and_the_rest_is_taken(place, mistakes):
    done = place.run("indexer", "load", str(mistakes), "--json", check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    reasons = {row["where"].rpartition("/")[2]: row["reason"] for row in answer["refusals"]}
    assert set(reasons) == {
        *(f"rows.jsonl:{line}" for line in (2, 3, 5, 6, 7)),
        *("empty.txt", "empty.jsonl", "noise.txt", "noise.jsonl", "picture.md", "paper.pdf", "deep.jsonl:1"),
        *("deep.html", "menu.html", "frames.htm", "scan.pdf", "locked.pdf", "login.pdf", "old.docx", "short.docx"),
    }
    for where, said in {
        "rows.jsonl:2": "JSON",
        "rows.jsonl:3": "重复",
        "rows.jsonl:5": "title",
        "rows.jsonl:7": "控制字符",
        "empty.txt": "空的",
        "noise.txt": "不是文本",
        "noise.jsonl": "不是文本",
        "picture.md": "PNG",
        "paper.pdf": "PDF 损坏",
        "deep.html": "嵌套",
        "menu.html": "导航",
        "frames.htm": "zhengwen/ganmao.htm",
        "scan.pdf": "OCR",
        "locked.pdf": "密码",
        "login.pdf": "脚本",
        "old.docx": "旧版 Word",
        "short.docx": "损坏",
    }.items():
        assert said in reasons[where]
    engine = place.engine()
    titles = {entry.document.title for entry in engine.scan()}
    engine.close()
    texts = {"头痛", "没有题目，只有正文", "😷", "甲乙", "发热怎么办", "頭痛怎麼辦"}
    assert titles == texts | {"宝宝发烧38度5要吃退烧药吗？", "鼻出血的家庭处理"}
    assert answer["new"] == len(titles)


def test_a_folder_without_anything_to_read_says_what_can_be_read(place, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"\xff\xd8\xff")
    done = place.run("indexer", "load", str(tmp_path / "photos"), check=False)
    assert done.returncode == 1
    assert "没有能读的文件：现在能读 .jsonl" in done.stdout


def test_a_file_that_is_not_there_is_said(place, tmp_path):
    done = place.run("indexer", "load", str(tmp_path / "gone.txt"), check=False)
    assert done.returncode == 1
    assert "没有这个文件或文件夹" in done.stdout


def test_a_closed_standard_input_is_said(place):
    done = place.run("indexer", "load", "-", check=False, preexec_fn=lambda: os.close(0))
    assert done.returncode == 1
    assert "标准输入是关着的" in done.stdout
    assert "Traceback" not in done.stderr


def test_nothing_is_fitted_on_an_empty_index_so_that_the_first_load_still_does_it(place, rows):
    assert "python -m indexer load" in place.refused("indexer", "fit")
    place.run("indexer", "load", rows)
    engine = place.engine()
    assert {"tfidf", "word2vec"} <= set(engine.generation().models)
    assert all(entry.tfidf for entry in engine.scan())
    engine.close()


def test_rebuilding_an_empty_index_leaves_the_first_load_its_models_to_make(place):
    place.engine().close()
    place.run("indexer", "rebuild")
    engine = place.engine()
    assert not {"tfidf", "word2vec"} & set(engine.generation().models)
    engine.close()


def test_a_model_of_an_unknown_kind_is_named(place):
    place.engine().close()
    assert "可选：tfidf word2vec" in place.refused("indexer", "fit", "lda")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("XINGLIN_ENGIN", "embedded:x", "XINGLIN_ENGINE"),
        ("XINGLIN_THREADS", "many", "XINGLIN_THREADS"),
        ("XINGLIN_LOG_LEVEL", "loud", "DEBUG INFO WARNING ERROR"),
        ("XINGLIN_ENGINE", "sqlite:x", "embedded:文件夹"),
        ("XINGLIN_ENGINE", "embedded:", "embedded:文件夹"),
        ("XINGLIN_ENCODER", "best", "sentence_transformer:"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_said_by_every_command_line(place, setting, value, said):
    environ = place.environ() | {setting: value}
    assert said in place.refused("indexer", "load", "samples/pages", env=environ)
    if setting != "XINGLIN_ENCODER":  # only what indexes needs the encoder at once
        assert said in place.refused("search", "query", "头痛", env=environ)


def test_a_file_where_the_var_folder_should_be_is_said(place, tmp_path):
    (tmp_path / "var").write_text("a file")
    place.settings = replace(place.settings, var=tmp_path / "var")
    said = place.refused("indexer", "load", "samples/pages")
    assert f"语义模型写不进 {tmp_path / 'var'}" in said


def test_a_file_where_the_index_should_be_is_said(place):
    (place.folder / "index").write_text("a file")
    assert "放不了索引" in place.refused("indexer", "load", "samples/pages")


def test_an_output_that_nobody_reads_any_more_ends_quietly(place, rows):
    reader, writer = os.pipe()
    os.close(reader)
    done = place.run("indexer", "load", rows, "--acknowledge", check=False, stdout=writer, capture_output=False, stderr=-1)
    os.close(writer)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
