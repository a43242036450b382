"""An index that this program, these settings or these models do not fit: said with the way out, and the way out works."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from search.text.models import ModelStore
from tests.indexer.workplace import Workplace

pytestmark = pytest.mark.failure
REBUILD, FIT = "python -m indexer rebuild", "python -m indexer fit"
QUERY = ("search", "query", "头痛", "--ranking")


@pytest.fixture
def place(tmp_path, sampled):
    return Workplace.copy_of(sampled, tmp_path / "place")


def alter(place, statement, *values):
    """Change the index behind the program's back, as another release would have written it."""
    with closing(sqlite3.connect(place.folder / "index" / "index.db")) as connection, connection:
        connection.execute(statement, values)


def pretend_made_with(place, kind, fingerprint):
    """Make the index say that it was made with another model."""
    engine = place.engine()
    models = dict(engine.generation().models) | {kind: fingerprint}
    engine.close()
    alter(place, "UPDATE generations SET models = ?", json.dumps(models))


def doctor(place):
    """What is not good."""
    done = place.run("search", "doctor", "--json", check=False)
    return done.returncode, {row["name"]: row["detail"] for row in json.loads(done.stdout) if row["state"] == "bad"}


def test_an_index_of_another_mapping_is_read_by_a_rebuild_alone(place, sampled, tools):
    alter(place, "UPDATE generations SET mapping_version = 'documents.v0'")
    assert REBUILD in place.refused(*QUERY, "hybrid")
    (place.folder / "new.txt").write_text("新的一页\n头痛。", encoding="utf-8")
    assert REBUILD in place.refused("indexer", "load", str(place.folder / "new.txt"))
    place.run("indexer", "rebuild")
    assert place.state(tools) == sampled.state(tools)


def test_an_index_of_another_release_is_left_alone(place):
    alter(place, "PRAGMA user_version = 99")
    for command in ((*QUERY, "bm25"), ("indexer", "load", "samples/pages"), ("indexer", "rebuild")):
        assert "布局 99" in place.refused(*command)
    code, bad = doctor(place)
    assert code == 1
    assert "布局 99" in bad["engine"]


@pytest.mark.parametrize("content", [b"no index at all " * 600, b"SQLite format 3\x00" + bytes(range(256)) * 40])
def test_a_file_that_is_no_index_is_left_alone(place, content):
    for path in (place.folder / "index").glob("index.db*"):
        path.unlink()
    (place.folder / "index" / "index.db").write_bytes(content)
    for command in ((*QUERY, "bm25"), ("indexer", "load", "samples/pages")):
        assert "请从备份恢复" in place.refused(*command)
    assert (place.folder / "index" / "index.db").read_bytes() == content


def test_an_index_cut_short_is_said(place):
    engine = place.engine()
    engine.close()
    path = place.folder / "index" / "index.db"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert "请从备份恢复" in place.refused("indexer", "rebuild")


def test_an_index_of_another_encoder_is_searched_by_words_and_rebuilt(place, sampled, tools):
    pretend_made_with(place, "bert", "0123456789ab")
    said = place.refused(*QUERY, "bert")
    assert "0123456789ab" in said
    assert REBUILD in said
    assert "找到" in place.run(*QUERY, "bm25").stdout
    assert REBUILD in place.refused("indexer", "load", "samples/pages")
    assert doctor(place)[0] == 1
    place.run("indexer", "rebuild")
    assert place.state(tools) == sampled.state(tools)


def test_an_index_of_another_lexicon_is_rebuilt_and_its_models_fitted_anew(place, sampled, tools):
    pretend_made_with(place, "text", "0123456789ab")
    for command in ((*QUERY, "bm25"), ("indexer", "load", "samples/pages")):
        assert REBUILD in place.refused(*command)
    assert "0123456789ab" in doctor(place)[1]["models"]
    place.run("indexer", "rebuild")
    assert place.state(tools) == sampled.state(tools)


@pytest.mark.parametrize("kind", ["tfidf", "word2vec"])
@pytest.mark.parametrize("cut", ["short", "away"])
def test_a_fitted_model_that_is_cut_short_or_gone_is_named_and_fitted_again(place, sampled, tools, kind, cut):
    models = sampled.state(tools)["models"]
    folder = place.settings.var / "models" / kind / models[kind]
    if cut == "away":
        shutil.rmtree(folder)
    else:
        largest = max(folder.iterdir(), key=lambda path: path.stat().st_size)
        with largest.open("r+b") as file:
            file.truncate(largest.stat().st_size // 2)
    for command in ((*QUERY, "hybrid"), ("indexer", "load", "samples/pages"), ("indexer", "rebuild")):
        said = place.refused(*command)
        assert str(folder) in said
        assert FIT in said
    assert str(folder) in doctor(place)[1]["models"]
    place.run("indexer", "fit", kind)
    assert ModelStore(place.settings.var / "models").folder(kind, models[kind])
    assert place.state(tools) == sampled.state(tools)


def test_an_encoder_cut_short_leaves_words_to_search_by_and_is_named(place, tools):
    (link,) = (place.settings.var / "models" / "bert").iterdir()
    link.unlink()
    shutil.copytree(tools.bert, link)
    model = link / "model.int8.onnx"
    with model.open("r+b") as file:
        file.truncate(model.stat().st_size // 2)
    answer = place.run(*QUERY, "hybrid")
    assert "语义模型暂停" in answer.stdout
    assert "头痛" in answer.stdout
    (place.folder / "new.txt").write_text("新的一页\n头痛。", encoding="utf-8")
    said = place.refused("indexer", "load", str(place.folder / "new.txt"))
    assert str(link) in said
    assert "不完整" in said
    assert str(link) in doctor(place)[1]["models"]
    link.rename(place.folder / "damaged")
    link.symlink_to(tools.bert)
    place.run("indexer", "load", str(place.folder / "new.txt"))
    engine = place.engine()
    assert engine.generation().documents == 218
    engine.close()


def test_a_damaged_vector_cache_is_set_aside_and_the_doctor_names_it(place):
    (path,) = (place.settings.var / "cache").glob("vectors.db")
    path.write_bytes(b"no database at all " * 600)
    (place.folder / "new.txt").write_text("新的一页\n头痛。", encoding="utf-8")
    place.run("indexer", "load", str(place.folder / "new.txt"))
    rows = json.loads(place.run("search", "doctor", "--json").stdout)
    (row,) = (row for row in rows if row["name"] == "vector cache")
    assert ".damaged-" in row["detail"]
    assert row["mend"].startswith("看过之后删除：rm ")
