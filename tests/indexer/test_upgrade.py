"""An index that an early landing wrote: three sample pages, kept as it lay on the disk."""

import json
import tarfile
from pathlib import Path

import pytest

from indexer.pipeline import Pipeline
from indexer.rebuild import rebuild
from search.bootstrap import analyzer_opener, open_engine
from search.settings import Settings
from tests.conftest import ROOT, run_command

EARLY = Path(__file__).parent / "early-index.tar.xz"


@pytest.fixture
def early(tmp_path: Path) -> Settings:
    """Settings whose index is the early one."""
    with tarfile.open(EARLY) as archive:
        archive.extractall(tmp_path, filter="data")
    return Settings(engine=f"embedded:{tmp_path / 'index'}", var=ROOT / "var")


@pytest.mark.parametrize("command", [("search", "query", "肚子疼"), ("indexer", "load", "samples/pages"), ("indexer", "fit")])
def test_an_early_index_is_refused_with_the_command_that_mends_it(early, command):
    refused = run_command(early, *command, check=False)
    assert refused.returncode == 1
    assert "python -m indexer rebuild" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_rebuild_brings_an_early_index_to_this_landing_and_loses_nothing(early):
    engine = open_engine(early)
    before = {entry.doc_id: (entry.document, engine.versions(entry.doc_id)) for entry in engine.scan()}
    old = engine.generation()
    engine.close()

    run_command(early, "indexer", "rebuild")

    engine = open_engine(early)
    assert {entry.doc_id: (entry.document, engine.versions(entry.doc_id)) for entry in engine.scan()} == before
    assert len(before) == 3
    new = engine.generation()
    engine.close()
    assert (old.mapping_version, new.mapping_version) == ("documents.v1", "documents.v2")
    found = json.loads(run_command(early, "search", "query", "肚子疼", "--json").stdout)
    assert found["hits"][0]["title"] == "急性阑尾炎"
    assert run_command(early, "search", "doctor", check=False).returncode == 0


def test_a_rebuild_that_ended_before_its_models_were_fitted_is_made_whole_by_the_next(early):
    """The new lexicon's generation is live by then, so the next rebuild sees nothing stale."""
    engine, opener = open_engine(early), analyzer_opener(early)
    rebuild(engine, Pipeline(opener({})))
    assert "tfidf" not in engine.generation().models
    engine.close()
    run_command(early, "indexer", "rebuild")
    engine = open_engine(early)
    assert "tfidf" in engine.generation().models
    engine.close()
