"""The key that signs forms."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.errors import SearchError
from web.secret import BYTES, read_secret


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "var" / "secret"
    first = read_secret(path)
    assert len(first) == BYTES
    assert read_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


def test_all_that_start_together_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(read_secret, [tmp_path / "secret"] * 32))
    assert len(set(keys)) == 1


def test_a_key_that_was_cut_short_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(SearchError, match="5 字节"):
        read_secret(tmp_path / "secret")


def test_where_no_key_can_be_kept_a_sentence_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SearchError, match="可写"):
        read_secret(tmp_path / "file" / "secret")
