"""The passage rules: what is measured for the product is what the index holds, and the sample is what was asked for."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.judged import Judged, sampled
from bench.passages import PRODUCT, Setting, difference, grid, measure, to_markdown
from indexer.readers.paths import read_paths
from search.bootstrap import analyzer_opener, open_engine
from search.errors import SearchError
from search.evaluation.measures import means, per_query
from search.legs import read
from search.query import ScoredDoc
from search.text.passages import RULE, PassageRule
from tests.conftest import ROOT, run_command

SAMPLES = ROOT / "samples"


@pytest.fixture(scope="module")
def judged():
    return sampled([SAMPLES], None, queries=20, pages=120)


@pytest.fixture(scope="module")
def analyzer(samples_settings):
    return analyzer_opener(samples_settings)({})


def test_the_products_figure_is_that_of_the_vectors_in_its_index(judged, analyzer, samples_settings):
    (row,) = measure(judged, analyzer, [PRODUCT])
    engine = open_engine(samples_settings)
    entries = engine.fetch([page.doc_id for page in judged.pages], vectors=True)
    engine.close()
    run = {}
    for name, text in judged.queries.items():
        asked = read(text, analyzer).meaning
        stored = {one.doc_id: [one.title_vector, *(passage.vector for passage in one.passages)] for one in entries}
        scores = {doc_id: max(float(np.dot(asked, each)) for each in found) for doc_id, found in stored.items()}
        run[name] = [ScoredDoc(doc_id, scores[doc_id]) for doc_id in sorted(scores, key=lambda one: -scores[one])[:100]]
    assert row.values.mean() == pytest.approx(means(per_query(judged.qrels, run))["nDCG@10"], abs=1e-3)
    assert row.vectors == pytest.approx(np.mean([1 + len(one.passages) for one in entries]))


def test_fewer_passages_are_fewer_vectors_and_the_title_is_one(judged, analyzer):
    rules = [PassageRule(RULE.size, RULE.overlap, first) for first in (1, 3, None)]
    with_title, without = ([Setting(rule, title) for rule in rules] for title in (True, False))
    one, three, every, *bare = measure(judged, analyzer, [*with_title, *without])
    assert one.vectors == 2 < three.vectors <= 4 < every.vectors
    assert [row.vectors for row in bare] == [row.vectors - 1 for row in (one, three, every)]
    assert not np.array_equal(one.values, every.values)


def test_a_page_without_text_is_found_by_its_title_alone(judged, analyzer):
    empty = [replace(page, text="", sections=()) for page in judged.pages]
    titles = Judged(empty, judged.queries, judged.qrels, judged.sets)
    by_title, by_nothing = measure(titles, analyzer, [PRODUCT, Setting(RULE, title=False)])
    assert by_title.vectors == 1
    assert by_title.values.mean() > 0.3
    assert (by_nothing.vectors, by_nothing.values.sum()) == (0, 0)


def test_the_grid_holds_the_products_setting_once_and_differences_are_to_it(judged, analyzer):
    assert grid().count(PRODUCT) == 1
    assert len(set(map(str, grid()))) == len(grid())
    rows = measure(judged, analyzer, [Setting(PassageRule(RULE.size, RULE.overlap, 1), title=True), PRODUCT])
    found = difference(rows[0], rows)
    assert found.mean == pytest.approx(rows[0].values.mean() - rows[1].values.mean())
    assert found.low <= found.mean <= found.high
    assert difference(rows[1], rows) is None
    assert f"| **{PRODUCT}** |" in to_markdown(judged, rows)


def test_the_sample_holds_every_judged_page_and_is_always_the_same(judged):
    again = sampled([SAMPLES], None, queries=20, pages=120)
    assert [page.doc_id for page in again.pages] == [page.doc_id for page in judged.pages]
    assert (again.queries, again.qrels) == (judged.queries, judged.qrels)
    assert len(judged.queries) == 20
    ids = {page.doc_id for page in judged.pages}
    assert len(ids) == 120
    assert {page for grades in judged.qrels.values() for page in grades} <= ids


def test_sets_of_one_corpus_share_the_queries(tmp_path):
    pages = [page for page in read_paths([SAMPLES / "pages"])][:30]
    rows = [json.dumps({"_id": page.doc_id, "title": page.title, "text": page.text}, ensure_ascii=False) for page in pages]
    (tmp_path / "corpus.jsonl").write_text("\n".join(rows), encoding="utf-8")
    for name in ("one", "two"):
        write_set(tmp_path / name, {f"q{i}": (page.title, page.doc_id) for i, page in enumerate(pages[:6])}, "../corpus.jsonl")
    judged = sampled([tmp_path / "one", tmp_path / "two"], None, queries=8, pages=20)
    assert len(judged.queries) == 8
    assert len(judged.pages) == 20
    assert [len(judged.of_set(name)) for name in judged.sets] == [4, 4]


@pytest.mark.parametrize(
    ("queries", "pages", "said"), [(20, 10, "more pages, or fewer queries"), (0, 10, "no queries"), (-3, 10, "no queries")]
)
def test_a_sample_that_cannot_be_had_is_refused(queries, pages, said):
    with pytest.raises(SearchError, match=said):
        sampled([SAMPLES], None, queries, pages)


def test_sets_that_do_not_belong_together_are_refused(tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "title": "头痛", "text": "头很痛。"}', encoding="utf-8")
    write_set(tmp_path / "other", {"q": ("头痛", "a")}, "../corpus.jsonl")
    write_set(tmp_path / "strange", {"q": ("头痛", "gone")}, "../corpus.jsonl")
    with pytest.raises(SearchError, match="not of one corpus"):
        sampled([SAMPLES, tmp_path / "other"], None, 2, 40)
    with pytest.raises(SearchError, match="same name"):
        sampled([tmp_path / "other", tmp_path / "other"], None, 2, 40)
    with pytest.raises(SearchError, match="gone for one"):
        sampled([tmp_path / "strange"], None, 1, 40)


def test_it_runs_on_the_samples_and_prints_one_json_object(samples_settings):
    command = ("bench.passages", "samples", "--queries", "4", "--pages", "60", "--json")
    report = json.loads(run_command(samples_settings, *command).stdout)
    assert report["product"] == str(PRODUCT)
    assert len(report["settings"]) == len(grid())
    assert [row["setting"] for row in report["settings"] if row["difference"] is None] == [str(PRODUCT)]
    assert (report["queries"], report["pages"]) == (4, 60)


def test_a_document_that_is_the_query_itself_is_not_its_answer(judged, analyzer):
    page = judged.pages[0]
    asked = Judged(judged.pages, {f"s/{page.doc_id}": page.title}, {f"s/{page.doc_id}": {page.doc_id: 1}}, ("s",))
    (row,) = measure(asked, analyzer, [PRODUCT])
    assert row.values.tolist() == [0]


def write_set(folder, queries, corpus):
    """A judged set in BEIR layout: query id -> (text, page); the corpus lies elsewhere."""
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    texts = [json.dumps({"_id": name, "text": text}, ensure_ascii=False) for name, (text, _) in queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(texts), encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text("\n".join(f"{name}\t{page}\t1" for name, (_, page) in queries.items()), "utf-8")
