"""A disk that fills while `load`, `fit` and `rebuild` run: a sentence, nothing lost, and the command run again mends it."""

import os
import resource
import subprocess
from functools import partial

import pytest

from tests.conftest import ROOT
from tests.indexer.workplace import Workplace, acknowledged

LOAD = ("indexer", "load", "--acknowledge", "samples/pages")
PAGES = {page.stem for page in (ROOT / "samples" / "pages").glob("*.md")}
ADVICE = "腾出空间"


def no_file_beyond(limit):
    """RLIMIT_FSIZE stands for the disk."""
    return partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


@pytest.mark.failure
@pytest.mark.parametrize("limit", [10_000, 60_000, 1_500_000])
def test_a_load_on_a_full_disk_keeps_what_it_acknowledged_and_goes_on_when_there_is_space(tmp_path, sampled, tools, limit):
    place = Workplace(tmp_path / "place", tools)
    done = place.run(*LOAD, check=False, preexec_fn=no_file_beyond(limit))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ADVICE in done.stderr
    place.check(acknowledged(done.stdout), tools)
    place.run(*LOAD)
    assert place.state(tools) == sampled.state(tools)
    assert place.leftovers() == []


@pytest.mark.failure
@pytest.mark.parametrize(
    ("command", "limit"),
    [("fit", 100_000), ("fit", 400_000), ("fit tfidf", 1_000_000), ("rebuild", 10_000), ("rebuild", 1_000_000)],
)
def test_a_fit_or_rebuild_on_a_full_disk_changes_nothing(tmp_path, sampled, tools, command, limit):
    """The limits strike the TF-IDF model, the Word2Vec model, the index; the index at its opening and while it is written."""
    place = Workplace.copy_of(sampled, tmp_path / "place")
    before = place.state(tools)
    said = place.refused("indexer", *command.split(), preexec_fn=no_file_beyond(limit))
    assert ADVICE in said
    place.check(PAGES, tools)
    assert place.state(tools) == before
    assert place.leftovers() == []
    place.run("indexer", *command.split())
    assert place.state(tools) == before


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB: what the 217 pages take, and no second generation of them."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.failure
def test_a_disk_that_fills_after_the_last_page_is_told_apart_from_pages_lost(tmp_path, small_disk, sampled, tools):
    place = Workplace(tmp_path / "place", tools)
    (place.folder / "index").symlink_to(small_disk)
    said = place.refused(*LOAD)
    assert "文章都已写入" in said
    assert "磁盘已满" in said
    assert "python -m indexer fit" in said
    place.check(PAGES, tools)
    subprocess.run(["mount", "-o", "remount,size=60m", str(small_disk)], check=True)
    place.run("indexer", "fit")
    assert place.state(tools) == sampled.state(tools)


@pytest.mark.failure
def test_a_full_disk_under_the_vector_cache_costs_nothing_but_time(tmp_path, small_disk, sampled, tools):
    place = Workplace(tmp_path / "place", tools)
    (small_disk / "fill").write_bytes(bytes(3 * 2**20))
    (place.folder / "var" / "cache").symlink_to(small_disk)
    done = place.run(*LOAD)
    assert "not cached from here on" in done.stderr
    assert place.state(tools) == sampled.state(tools)
