"""Two commands on one index at the same time: both end well, or one says why not; nothing is lost and nothing is doubled."""

import json
import subprocess
from functools import partial

import pytest

from indexer.ingest import ingest
from indexer.pipeline import Pipeline
from indexer.rebuild import rebuild
from search.engine.embedded.engine import EmbeddedEngine
from search.engine.embedded.locks import lock
from search.errors import MappingMismatch
from search.text.analyzer import Analyzer
from search.text.segment import Segmenter
from tests.factories import make_document
from tests.indexer.test_pipeline import CountingEncoder
from tests.indexer.workplace import Workplace, assert_found_once, assert_told_alike

SEGMENTER = Segmenter()
PAGE = make_document("a", "头痛", "头很痛。")


class Meddling(CountingEncoder):
    """While it encodes for the first time, somebody else does something."""

    def __init__(self, meddle):
        super().__init__()
        self.meddle = meddle

    def encode(self, texts, role):
        meddle, self.meddle = self.meddle, lambda: None
        meddle()
        return super().encode(texts, role)


@pytest.fixture
def engine(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    yield engine
    engine.close()


def pipeline(encoder=CountingEncoder, models=None):
    return Pipeline(Analyzer(SEGMENTER, encoder, models or {}))


def outcomes(engine, document, meddle):
    """What becomes of the document where somebody meddles between its planning and its writing."""
    encoder = Meddling(meddle)
    batches = ingest([[document]], engine, lambda: pipeline(lambda: encoder, engine.generation().models))
    return [outcome.state for batch in batches for outcome in batch]


def take_in(engine, document):
    list(ingest([[document]], engine, partial(pipeline, CountingEncoder, engine.generation().models)))


def swap(engine, models):
    rebuild(engine, pipeline(CountingEncoder, models))


def test_a_batch_is_derived_anew_where_the_models_were_swapped_meanwhile(engine):
    take_in(engine, make_document("b", "发热", "发热。"))
    assert outcomes(engine, PAGE, lambda: swap(engine, {"extra": "e1"})) == ["new"]
    assert [entry.models["extra"] for entry in engine.scan()] == ["e1", "e1"]
    assert [version.number for version in engine.versions("a")] == [1]


def test_another_text_of_the_same_document_written_meanwhile_is_a_version_of_its_own(engine):
    other = make_document("a", "头痛", "头不痛。")
    assert outcomes(engine, PAGE, lambda: take_in(engine, other)) == ["changed"]
    assert [(version.number, version.text) for version in engine.versions("a")] == [(1, "头不痛。"), (2, "头很痛。")]
    assert engine.fetch(["a"])[0].version == 2


def test_a_mismatch_that_opening_the_models_again_does_not_mend_is_raised(engine):
    take_in(engine, make_document("b", "发热", "发热。"))
    with pytest.raises(MappingMismatch):
        list(ingest([[PAGE]], engine, partial(pipeline, CountingEncoder, {"extra": "e1"})))
    assert [entry.doc_id for entry in engine.scan()] == ["b"]


def ended(*children):
    """What each says on stderr; all with exit code 0."""
    complaints = [child.communicate(timeout=120)[1] for child in children]
    assert [child.returncode for child in children] == [0] * len(children), complaints
    return complaints


@pytest.mark.failure
def test_two_loads_of_the_same_pages_into_an_empty_index_end_as_one(tmp_path, tools, sampled):
    place = Workplace(tmp_path / "place", tools)
    ended(*(place.start("indexer", "load", "samples/pages") for _ in range(2)))
    assert place.state(tools) == sampled.state(tools)
    assert place.leftovers() == []


@pytest.mark.failure
def test_two_loads_of_other_texts_under_the_same_ids_keep_every_text(tmp_path, tools):
    place = Workplace(tmp_path / "place", tools)
    files = []
    for name in ("早", "晚"):
        rows = [
            {"_id": f"d{i:03}", "title": f"第{i}页", "text": f"{name}上头痛，第{i}次。", "source": "甲"} for i in range(300)
        ]
        files.append(tmp_path / f"{name}.jsonl")
        files[-1].write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    ended(*(place.start("indexer", "load", str(file)) for file in files))
    engine = place.engine()
    stored = list(engine.scan())
    assert_found_once(engine, stored)
    assert len(stored) == 300
    for entry in stored:
        assert_told_alike(engine, entry)
        assert {version.text[0] for version in engine.versions(entry.doc_id)} == {"早", "晚"}
    engine.close()


@pytest.mark.failure
def test_pages_loaded_while_models_are_fitted_have_the_new_ones(tmp_path, tools, sampled):
    place = Workplace.copy_of(sampled, tmp_path / "place")
    rows = tmp_path / "more.jsonl"
    lines = [json.dumps({"_id": f"m{i:04}", "title": f"再{i}", "text": "偏头痛伴恶心。" * 5}) for i in range(2000)]
    rows.write_text("\n".join(lines), encoding="utf-8")
    ended(place.start("indexer", "fit", "tfidf"), place.start("indexer", "load", str(rows)))
    engine = place.engine()
    stored = list(engine.scan())
    assert_found_once(engine, stored)
    assert len(stored) == 217 + 2000
    assert {json.dumps(dict(entry.models)) for entry in stored} == {json.dumps(dict(engine.generation().models))}
    engine.close()


@pytest.mark.failure
def test_a_second_rebuild_says_that_there_is_one_and_changes_nothing(tmp_path, sampled, tools):
    place = Workplace.copy_of(sampled, tmp_path / "place")
    before = place.state(tools)
    engine = place.engine()
    with engine.rebuild(engine.generation().models, lambda entries: entries) as fresh:
        assert "正在重建" in place.refused("indexer", "rebuild")
        fresh.index(engine.scan())
    engine.close()
    assert place.state(tools) == before


@pytest.mark.failure
def test_a_first_load_waits_while_another_process_rebuilds(tmp_path, tools, sampled):
    place = Workplace(tmp_path / "place", tools)
    place.engine().close()
    with lock(place.folder / "index" / "rebuild.lock"):  # what a rebuild holds
        child = place.start("indexer", "load", "samples/pages")
        for line in child.stderr:
            if line.startswith("训练"):
                break
        with pytest.raises(subprocess.TimeoutExpired):  # a second and a half after training, it would have been refused
            child.wait(8)
    ended(child)
    assert place.state(tools) == sampled.state(tools)
