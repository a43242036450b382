import logging
import multiprocessing
import os
import resource
import sqlite3

import numpy as np
import pytest

from search.text.encoders.cache import CachedEncoder


class CountingEncoder:
    """Makes a vector of a text's digits and keeps what it was asked."""

    dims = 4

    def __init__(self, fingerprint="f1"):
        self.fingerprint = fingerprint
        self.asked = []

    def encode(self, texts, role):
        self.asked += texts
        return np.array([np.random.default_rng(list(text.encode())).normal(size=self.dims) for text in texts], np.float32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "vectors.sqlite"


def test_a_known_text_is_not_encoded_again_and_comes_back_to_the_bit(path):
    first = CachedEncoder(CountingEncoder(), path).encode(["头痛", "发热"], "passage")
    later = CountingEncoder()
    again = CachedEncoder(later, path).encode(["发热", "头痛"], "passage")
    assert later.asked == []
    assert np.array_equal(again, first[::-1])
    assert again.dtype == np.float32


def test_only_unknown_texts_are_encoded_and_equal_ones_once(path):
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, path)
    cached.encode(["a"], "passage")
    vectors = cached.encode(["b", "a", "b"], "passage")
    assert encoder.asked == ["a", "b"]
    assert np.array_equal(vectors, CountingEncoder().encode(["b", "a", "b"], "passage"))


def test_queries_are_not_kept(path):
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, path)
    cached.encode(["头痛"], "query")
    cached.encode(["头痛"], "query")
    assert encoder.asked == ["头痛", "头痛"]
    assert not path.exists()


def test_roles_are_kept_apart(path):
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, path, roles=("query", "passage"))
    cached.encode(["头痛"], "query")
    cached.encode(["头痛"], "passage")
    assert encoder.asked == ["头痛", "头痛"]


def test_another_fingerprint_knows_nothing(path):
    CachedEncoder(CountingEncoder("f1"), path).encode(["头痛"], "passage")
    other = CountingEncoder("f2")
    CachedEncoder(other, path).encode(["头痛"], "passage")
    assert other.asked == ["头痛"]


def test_no_texts_give_no_vectors(path):
    assert CachedEncoder(CountingEncoder(), path).encode([], "passage").shape == (0, 4)


def test_many_texts_and_odd_ones_pass_through(path):
    texts = [f"第{i}段" for i in range(1200)] + ["", "😷", "a\x00b"]
    first = CachedEncoder(CountingEncoder(), path).encode(texts, "passage")
    later = CountingEncoder()
    assert np.array_equal(CachedEncoder(later, path).encode(texts, "passage"), first)
    assert later.asked == []


def test_half_a_surrogate_pair_has_a_key_too(path):
    cached = CachedEncoder(CountingEncoder(), path)
    assert cached._key("\ud800", "passage") != cached._key("?", "passage")


@pytest.mark.parametrize("content", [b"no database at all " * 99, b"SQLite format 3\x00" + bytes(range(256)) * 40])
def test_a_damaged_cache_is_set_aside_with_a_warning(path, caplog, content):
    path.parent.mkdir()
    path.write_bytes(content)
    encoder = CountingEncoder()
    cached = CachedEncoder(encoder, path)
    cached.encode(["头痛"], "passage")
    cached.encode(["头痛"], "passage")
    assert encoder.asked == ["头痛"]
    assert len(list(path.parent.glob("*.damaged-*"))) == 1
    assert "is damaged" in caplog.text


def test_a_vector_of_the_wrong_length_is_encoded_again(path):
    cached = CachedEncoder(CountingEncoder(), path)
    cached.encode(["头痛"], "passage")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    connection.close()
    encoder = CountingEncoder()
    assert np.array_equal(CachedEncoder(encoder, path).encode(["头痛"], "passage"), encoder.encode(["头痛"], "passage"))


def test_a_path_that_cannot_be_opened_only_costs_the_cache(tmp_path, caplog):
    cached = CachedEncoder(CountingEncoder(), tmp_path)  # a folder
    for _ in range(3):
        assert cached.encode(["头痛"], "passage").shape == (1, 4)
    assert caplog.text.count("not cached from here on") == 1


def _on_a_full_disk(path, answers):
    logging.disable()
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    texts = [f"第{i}段" for i in range(5000)]
    vectors = CachedEncoder(CountingEncoder(), path).encode(texts, "passage")
    answers.put(np.array_equal(vectors, CountingEncoder().encode(texts, "passage")))


def test_a_full_disk_only_costs_the_cache(path):
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_on_a_full_disk, args=(path, answers))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert answers.get()
    assert path.stat().st_size <= 100_000


def _fill(path, start):
    CachedEncoder(CountingEncoder(), path).encode([f"第{i}段" for i in range(start, start + 1500)], "passage")
    os._exit(0)


def test_several_processes_may_write_at_once(path):
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_fill, args=(path, start)) for start in (0, 500, 1000)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    later = CountingEncoder()
    CachedEncoder(later, path).encode([f"第{i}段" for i in range(2500)], "passage")
    assert later.asked == []
