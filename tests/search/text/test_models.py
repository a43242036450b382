"""Where fitted models lie: whole or not at all, and mended by fitting again."""

import multiprocessing
import os
import resource

import pytest

from search.errors import ModelUnusable
from search.text.models import ModelStore, bytes_in

CONTENT = "头痛 " * 1000


def write(folder):
    (folder / "idf.json").write_text(CONTENT, encoding="utf-8")


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path)


def names(store):
    return sorted(path.name for path in (store.root / "tfidf").iterdir())


def test_a_saved_model_is_found_by_its_fingerprint(store):
    fingerprint = store.save("tfidf", write)
    assert (store.folder("tfidf", fingerprint) / "idf.json").read_text(encoding="utf-8") == CONTENT


def test_the_same_model_twice_is_one_folder(store):
    assert store.save("tfidf", write) == store.save("tfidf", write)
    assert len(names(store)) == 2  # and the lock


def test_a_model_that_is_not_there_says_which_and_what_to_run(store):
    with pytest.raises(ModelUnusable, match=r"0123456789ab.*python -m indexer fit"):
        store.folder("tfidf", "0123456789ab")


@pytest.mark.parametrize("size", [0, 1, 5000])
def test_a_model_cut_short_is_refused_and_saving_it_again_mends_it(store, size):
    fingerprint = store.save("tfidf", write)
    os.truncate(store.root / "tfidf" / fingerprint / "idf.json", size)
    with pytest.raises(ModelUnusable, match=r"已损坏或不完整.*python -m indexer fit"):
        store.folder("tfidf", fingerprint)
    assert store.save("tfidf", write) == fingerprint
    assert (store.folder("tfidf", fingerprint) / "idf.json").read_text(encoding="utf-8") == CONTENT


def test_a_model_without_its_file_is_refused_and_saving_it_again_mends_it(store):
    fingerprint = store.save("tfidf", write)
    (store.root / "tfidf" / fingerprint / "idf.json").unlink()
    with pytest.raises(ModelUnusable):
        store.folder("tfidf", fingerprint)
    store.save("tfidf", write)
    assert store.folder("tfidf", fingerprint)


def test_a_folder_inside_a_model_is_said_in_a_sentence(store):
    fingerprint = store.save("tfidf", write)
    (store.root / "tfidf" / fingerprint / "__pycache__").mkdir()
    with pytest.raises(ModelUnusable, match="读不了"):
        store.folder("tfidf", fingerprint)


def test_what_a_killed_process_left_half_written_is_cleared_away(store):
    (store.root / "tfidf" / ".new-killed").mkdir(parents=True)
    fingerprint = store.save("tfidf", write)
    assert names(store) == [".lock", fingerprint]


def test_a_place_that_cannot_be_written_is_named(store):
    store.root.joinpath("tfidf").write_text("a file where a folder should be")
    with pytest.raises(ModelUnusable, match=r"写不进 .*tfidf"):
        store.save("tfidf", write)


def _save_on_a_full_disk(root, answers):
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    try:
        ModelStore(root).save("tfidf", write)
    except ModelUnusable as exc:
        answers.put(str(exc))
    else:
        answers.put("")


def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing_half_written(store):
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_save_on_a_full_disk, args=(store.root, answers))
    child.start()
    child.join(30)
    assert "腾出空间" in answers.get()
    assert names(store) == [".lock"]


def _save_often(root):
    for _ in range(20):
        ModelStore(root).save("tfidf", write)
    os._exit(0)


def test_two_processes_may_save_the_same_model_at_once(store):
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_save_often, args=(store.root,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert len(names(store)) == 2


def test_models_that_are_not_named_are_listed_and_what_is_no_model_is_not(store):
    new = store.save("tfidf", write)
    old = store.save("tfidf", lambda folder: (folder / "idf.json").write_bytes(b"old"))
    other = store.save("word2vec", write)
    (store.root / "tfidf" / ".new-x").mkdir()
    assert store.others({"tfidf": new, "text": other}) == [store.root / "tfidf" / old, store.root / "word2vec" / other]
    assert bytes_in(store.root / "tfidf" / old) == 3
    assert ModelStore(store.root / "nowhere").others({}) == []
