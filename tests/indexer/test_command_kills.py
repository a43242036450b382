"""kill -9 of `load`, `fit` and `rebuild` as a person types them: nothing acknowledged is lost, and the same command mends it."""

import random
import shutil
import subprocess
import time

import pytest

from tests.conftest import ROOT
from tests.indexer.dying_command import COMMIT, MOMENTS
from tests.indexer.workplace import Workplace, acknowledged

PAGES = sorted((ROOT / "samples" / "pages").glob("*.md"))[:40]
FIRST = [page for number, page in enumerate(PAGES) if number % 3]  # the models are fitted on these; the others come later
FITTED = ("fit", "tfidf")  # Word2Vec's training is the slowest part of `fit`; the first `load` runs it
# Command, moment, and how often it comes at least; at which of these times the command dies is drawn below.
DEATHS = [
    ("load", COMMIT, 14),
    ("load", "versions are stored, entries are not", 7),
    ("load", "a segment file is half written", 2),
    ("load", "segments are merged, the old ones still there", 1),
    ("load", "a batch of vectors goes to the cache", 7),
    ("fit", "a model is half written", 1),
    ("fit", "a model has no name yet", 1),
    ("fit", "a model has just got its name", 1),
    ("fit", "models are saved, the rebuild has not begun", 1),
    ("rebuild", COMMIT, 4),
    ("rebuild", "a segment file has no name yet", 1),
    ("rebuild", "the last entries are brought over and the generation swapped", 1),
    ("rebuild", "generations are swapped, not yet committed", 1),
    ("rebuild", "the old generation is being removed", 1),
    ("rebuild", "the old generation's segments are being removed", 1),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A folder of all pages, and one of those that are there from the beginning."""
    folder = tmp_path_factory.mktemp("pages")
    for name, some in (("all", PAGES), ("first", FIRST)):
        (folder / name / "pages").mkdir(parents=True)
        for page in some:
            shutil.copy(page, folder / name / "pages")
    return folder


@pytest.fixture(scope="module")
def begun(tmp_path_factory, pages, tools):
    """An index of the first pages, with models."""
    place = Workplace(tmp_path_factory.mktemp("begun"), tools)
    place.run("indexer", "load", str(pages / "first" / "pages"))
    return place


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, begun, pages):
    """After that all pages, with models of the first ones: neither `load` was interrupted."""
    place = Workplace.copy_of(begun, tmp_path_factory.mktemp("loaded") / "place")
    place.run("indexer", "load", str(pages / "all" / "pages"))
    return place


@pytest.fixture(scope="module")
def states(tmp_path_factory, loaded, tools):
    """The state after each command where nothing interrupted it."""
    fitted = Workplace.copy_of(loaded, tmp_path_factory.mktemp("fitted") / "place")
    fitted.run("indexer", *FITTED)
    ended = {"load": loaded.state(tools), "fit": fitted.state(tools)}
    assert ended["load"]["models"] != ended["fit"]["models"]
    return ended | {"rebuild": ended["load"]}


def killed(place, *command):
    """Run the command, which dies by itself; what it acknowledged."""
    with place.start("tests.indexer.dying_command", *command) as child:
        said, complaints = child.communicate(timeout=60)
    assert child.returncode == -9, f"it ended by itself: {child.returncode}\n{complaints}"
    return acknowledged(said)


def killed_after(place, seconds, *command):
    """Run the real command and kill it after so many seconds; what it acknowledged: only a load does, others may report."""
    with place.start("indexer", *command) as child:
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
        said, _ = child.communicate()
    print(f"{command[0]} {'was killed' if child.returncode == -9 else 'had ended'} after {seconds:.2f} s")
    return acknowledged(said) if command[0] == "load" else set()


def timed(place, *command):
    """How long the command takes where nothing interrupts it."""
    started = time.monotonic()
    place.run("indexer", *command)
    return time.monotonic() - started


@pytest.mark.failure
@pytest.mark.parametrize(("command", "moment", "times"), DEATHS)
def test_a_command_killed_at_a_moment_loses_nothing_and_run_again_ends_as_if_never_killed(
    tmp_path, pages, begun, loaded, states, tools, command, moment, times
):
    rng = random.Random(f"{command} {moment}")
    count, milliseconds = rng.randint(1, times), rng.uniform(0, MOMENTS[moment].milliseconds)
    print(f"{command} dies {milliseconds:.2f} ms into the {count}. time of: {moment}")
    typed = {"load": ("load", "--acknowledge", str(pages / "all" / "pages")), "fit": FITTED, "rebuild": ("rebuild",)}[command]
    place = Workplace.copy_of(begun if command == "load" else loaded, tmp_path / "place")
    said = killed(place, moment, str(count), str(milliseconds), *typed)
    place.check(said | {page.stem for page in (FIRST if command == "load" else PAGES)}, tools)
    place.run("indexer", *typed)
    place.check({page.stem for page in PAGES}, tools)
    assert place.state(tools) == states[command]
    assert place.leftovers() == []


@pytest.mark.failure
def test_a_load_killed_at_random_loses_nothing_and_run_again_ends_as_if_never_killed(tmp_path, tools):
    rng = random.Random(20260301)
    typed = ("load", "--acknowledge", "samples/pages")
    whole = Workplace(tmp_path / "whole", tools)
    seconds = timed(whole, *typed)
    for number in range(3):
        place = Workplace(tmp_path / str(number), tools)
        said = killed_after(place, rng.uniform(0.2, 0.9) * seconds, *typed)
        place.check(said, tools)
        place.run("indexer", *typed)
        assert place.state(tools) == whole.state(tools)
        assert place.leftovers() == []


@pytest.mark.failure
@pytest.mark.parametrize("typed", [FITTED, ("rebuild",)])
def test_a_fit_or_rebuild_killed_at_random_loses_nothing_and_run_again_ends_as_if_never_killed(
    tmp_path, loaded, states, tools, typed
):
    rng = random.Random(typed[0])
    place = Workplace.copy_of(loaded, tmp_path / "place")
    seconds = timed(Workplace.copy_of(loaded, tmp_path / "whole"), *typed)
    for _ in range(3):
        killed_after(place, rng.uniform(0.3, 0.95) * seconds, *typed)
        place.check({page.stem for page in PAGES}, tools)
    place.run("indexer", *typed)
    assert place.state(tools) == states[typed[0]]
    assert place.leftovers() == []
