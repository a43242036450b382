"""Whether the process can answer, and if not, why, in words."""

import pytest

from search.bootstrap import open_engine
from search.errors import EngineUnavailable, MappingMismatch, ModelUnusable
from search.searcher import Searcher
from search.settings import Settings
from tests.web.test_errors import Broken
from web.app import create_app
from web.reading import KEY


def ready(tmp_path, searcher):
    answer = create_app(Settings(var=tmp_path), searcher).test_client().get("/health/ready")
    return answer.status_code, answer.json


def test_all_is_well_where_engine_and_encoder_answer(tmp_path, samples):
    assert ready(tmp_path, samples) == (200, {"ready": True, "engine": "", "models": "", "encoder": ""})


def test_an_engine_that_is_down_is_named_with_its_reason(tmp_path):
    status, said = ready(tmp_path, Broken(EngineUnavailable("no disk")))
    assert (status, said["ready"], said["engine"]) == (503, False, "no disk")


@pytest.mark.parametrize("error", [MappingMismatch("other words"), ModelUnusable("no tfidf")])
def test_models_that_do_not_fit_are_named(tmp_path, samples, error):
    def opener(models):
        raise error

    status, said = ready(tmp_path, Searcher(samples.engine, opener))
    assert (status, said["engine"], said["models"]) == (503, "", str(error))


def test_without_an_encoder_it_is_not_ready_though_keywords_find(tmp_path, samples):
    class Gone:
        def encode(self, texts, role):
            raise ModelUnusable("the file is cut short")

    searcher = Searcher(samples.engine, lambda models: samples.analyzer.with_encoder(Gone()))
    status, said = ready(tmp_path, searcher)
    assert (status, said["engine"], said["encoder"]) == (503, "", "the file is cut short")
    client = create_app(Settings(var=tmp_path), searcher).test_client()
    found = client.get("/api/search?q=头痛")
    assert found.status_code == 200 and found.json["hits"]
    assert found.json["notices"] == ["语义模型暂停，本页只按字词排序。"]


def test_an_empty_library_is_ready_one_that_is_not_there_is_not_and_alive_needs_none(tmp_path):
    settings = Settings(engine=f"embedded:{tmp_path / 'index'}", var=tmp_path)
    app = create_app(settings)
    try:
        assert app.test_client().get("/health/live").status_code == 200
        assert not (tmp_path / "index").exists()
        assert app.test_client().get("/health/ready").status_code == 503
        open_engine(settings, create=True).close()
        assert app.test_client().get("/health/ready").status_code == 200
    finally:
        app.extensions[KEY].close()
