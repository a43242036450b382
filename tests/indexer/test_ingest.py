"""Taking documents in, on a real embedded engine: new, changed, unchanged, refused, and their versions."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from indexer.fit import fit
from indexer.ingest import ingest, ingest_document
from indexer.pipeline import Pipeline
from indexer.rebuild import rebuild
from search.engine.embedded.engine import EmbeddedEngine
from search.errors import BadDocument, ModelUnusable
from search.query import Filters, Match
from search.text.analyzer import Analyzer
from search.text.models import ModelStore
from search.text.segment import Segmenter
from search.text.tfidf import TfidfModel
from tests.factories import make_document
from tests.indexer.test_pipeline import CountingEncoder

SEGMENTER = Segmenter()


class Failing(CountingEncoder):
    """Cannot encode what holds 坏."""

    def encode(self, texts, role):
        if any("坏" in text for text in texts):
            raise ModelUnusable("the encoder broke")
        return super().encode(texts, role)


def make_pipeline(models=None, tfidf=None):
    return Pipeline(Analyzer(SEGMENTER, CountingEncoder, models or {}, tfidf=tfidf))


@pytest.fixture
def engine(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    yield engine
    engine.close()


def states(engine, *documents):
    return [outcome.state for batch in ingest([documents], engine, make_pipeline) for outcome in batch]


def test_a_document_is_new_then_unchanged(engine):
    page = make_document("a", "头痛", "头很痛。")
    assert states(engine, page) == ["new"]
    assert states(engine, replace(page, captured_at=datetime(2027, 1, 1, tzinfo=UTC))) == ["unchanged"]
    assert len(engine.versions("a")) == 1


def test_another_text_is_another_version(engine):
    states(engine, make_document("a", "头痛", "旧。"))
    assert states(engine, make_document("a", "头痛", "新。")) == ["changed"]
    assert [(version.number, version.text) for version in engine.versions("a")] == [(1, "旧。"), (2, "新。")]
    assert engine.fetch(["a"])[0].version == 2


def test_another_date_rewrites_the_entry_and_makes_no_version(engine):
    page = make_document("a", "头痛", "头很痛。")
    states(engine, page)
    assert states(engine, replace(page, published_at=date(2025, 1, 1))) == ["changed"]
    assert engine.fetch(["a"])[0].document.published_at == date(2025, 1, 1)
    assert len(engine.versions("a")) == 1


def test_an_id_of_another_source_is_refused_with_the_way_out(engine):
    states(engine, make_document("a", source="甲"))
    with pytest.raises(BadDocument, match="--prefix"):
        ingest_document(make_document("a", source="乙"), engine, make_pipeline())
    assert engine.fetch(["a"])[0].document.source == "甲"


def test_a_crash_between_version_and_entry_heals(engine):
    from search.document import Version

    page = make_document("a", "头痛", "头很痛。")
    engine.append([Version.of(page, 1)])
    assert states(engine, page) == ["new"]
    assert [version.number for version in engine.versions("a")] == [1]
    assert engine.fetch(["a"])[0].version == 1


def test_a_text_that_comes_back_is_a_version_of_its_own(engine):
    for text in ("一。", "二。", "一。"):
        states(engine, make_document("a", "头痛", text))
    assert [version.text for version in engine.versions("a")] == ["一。", "二。", "一。"]


def test_fitted_models_reach_every_entry_by_a_rebuild(engine, tmp_path):
    store = ModelStore(tmp_path / "models")
    states(engine, *(make_document(f"d{i}", "头痛", f"头痛和恶心，第{i}页。") for i in range(5)))
    models = fit(engine, store, ("tfidf",)).models
    rebuild(engine, make_pipeline(models, TfidfModel.load(store.folder("tfidf", models["tfidf"]))))
    engine.refresh()
    assert all(entry.tfidf for entry in engine.scan())
    assert engine.generation().models["tfidf"] == models["tfidf"]
    found = engine.retrieve([Match("body", ("恶心",))], Filters(), 10)
    assert found.total == 5


def test_fitting_twice_gives_the_same_fingerprints(engine, tmp_path):
    states(engine, *(make_document(f"d{i}", "头痛", "头痛。恶心。呕吐。" * 3) for i in range(6)))
    assert fit(engine, ModelStore(tmp_path / "a")) == fit(engine, ModelStore(tmp_path / "b"))


def test_an_id_that_comes_again_in_the_next_batch_is_judged_by_what_the_first_one_wrote(engine):
    states(engine, make_document("a", "头痛", "旧。"))
    batches = [[make_document("a", "头痛", "新。")], [make_document("a", "头痛", "旧。")]]
    assert [outcome.state for batch in ingest(batches, engine, make_pipeline) for outcome in batch] == ["changed", "changed"]
    assert engine.fetch(["a"])[0].document.text == "旧。"


def test_documents_are_acknowledged_in_their_order_and_each_once_it_is_stored(engine):
    pages = [make_document(f"d{i:02}", "头痛", f"第{i}页。") for i in reversed(range(12))]
    acknowledged = []
    for outcomes in ingest([pages[i : i + 3] for i in range(0, 12, 3)], engine, make_pipeline):
        acknowledged += [outcome.doc_id for outcome in outcomes]
        assert len(engine.fetch(acknowledged)) == len(acknowledged)
    assert acknowledged == [page.doc_id for page in pages]


def test_an_encoder_that_fails_is_an_error_where_the_caller_stands_and_nothing_after_it_is_acknowledged(engine):
    texts = ("一。", "二。", "三。", "坏。", "五。")
    batches = [[make_document(f"d{i}", "头痛", text)] for i, text in enumerate(texts)]
    acknowledged = []
    with pytest.raises(ModelUnusable, match="the encoder broke"):
        for outcomes in ingest(batches, engine, lambda: Pipeline(Analyzer(SEGMENTER, Failing, {}))):
            acknowledged += [outcome.doc_id for outcome in outcomes]
    assert acknowledged == ["d0", "d1"]
    assert {entry.doc_id for entry in engine.scan()} == {"d0", "d1", "d2"}  # written, and never told: the next load tells it
    assert [state for batch in batches for state in states(engine, *batch)] == ["unchanged"] * 3 + ["new"] * 2


def test_the_pipeline_is_opened_before_a_document_is_asked_for(engine):
    steps = []

    def batches():
        steps.append("asked for")
        yield [make_document("a")]

    def opened():
        steps.append("opened")
        return make_pipeline()

    coming = ingest(batches(), engine, opened)
    assert steps == ["opened"]
    assert [outcome.state for outcomes in coming for outcome in outcomes] == ["new"]
    assert steps == ["opened", "asked for"]
