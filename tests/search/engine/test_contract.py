"""The contract of search.engine.base, once, for every engine: hand-made terms and three-number vectors."""

import random
import threading
from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from search.document import IndexEntry, Name, vector
from search.engine.base import Engine
from search.errors import BadQuery, DocumentNotFound, MappingMismatch, RebuildRunning, VersionConflict
from search.query import Filters, Knn, Leg, Match, Phrase, Retrieved, Sparse
from tests.factories import MODELS, make_entry, make_version, unit


def put(engine: Engine, *entries: IndexEntry) -> None:
    engine.index(entries)
    engine.refresh()


def retrieve(engine: Engine, *legs: Leg, filters: Filters = Filters(), limit: int = 10, **values) -> Retrieved:
    return engine.retrieve(legs, filters, limit, **values)


def ids(engine: Engine, *legs: Leg, **values) -> list[str]:
    return [doc.doc_id for doc in retrieve(engine, *legs, **values).legs[0].docs]


def phrase(text: str, *fields: str) -> Phrase:
    return Phrase(fields or ("body_chars",), tuple(text))


def same(entries: Sequence[IndexEntry]) -> Sequence[IndexEntry]:
    return entries


# --- writing and reading back


def test_an_entry_comes_back_as_it_was_indexed(engine):
    entry = make_entry(
        "a",
        "头痛 头痛 发热 HbA1c 37.8℃",
        title_terms="偏头痛",
        body_chars="头痛 发热".replace(" ", ""),
        passages=[(1, 2, 3), (0, 1, 0)],
        doc_vector=(3, 1, 1),
        title_vector=(1, 4, 1, 2),
        tfidf={"头痛": 0.8, "a.b": 0.6, "37.8℃": 0.0001},
        names=[Name("偏头痛", ("偏头痛", "piantoutong", "ptt"))],
        published="2025-06-12",
        departments=("内科/神经内科",),
        aliases=("偏头疼",),
        kind="disease",
        text="头痛\n发热\u3000\U0001f600",
        version=3,
    )
    put(engine, entry)
    assert engine.fetch(["a"], vectors=True) == [entry]
    assert list(engine.scan()) == [entry]


def test_a_fetch_without_vectors_leaves_out_what_only_an_index_needs(engine):
    put(engine, make_entry("a", "头痛", passages=[(1, 0, 0)], doc_vector=(1, 0, 0), tfidf={"头痛": 1.0}))
    (entry,) = engine.fetch(["a"])
    assert (entry.passages[0].vector, entry.doc_vector, entry.terms, entry.tfidf) == (None, None, {}, {})
    assert (entry.passages[0].start, entry.passages[0].end) == (0, 1)


def test_fetch_keeps_the_order_asked_and_leaves_unknown_ids_out(engine):
    put(engine, *(make_entry(doc_id) for doc_id in "abc"))
    assert [entry.doc_id for entry in engine.fetch(["c", "nobody", "a", "c"])] == ["c", "a", "c"]
    assert engine.fetch([]) == []


def test_acknowledged_writes_are_fetched_without_a_refresh(engine):
    engine.index([make_entry("a")])
    assert [entry.doc_id for entry in engine.fetch(["a"])] == ["a"]


def test_an_entry_replaces_the_one_with_its_id(engine):
    put(engine, make_entry("a", "发热"))
    put(engine, make_entry("a", "头痛", passages=[(1, 0, 0)]))
    assert ids(engine, Match("body", ("发热",))) == []
    assert ids(engine, Match("body", ("头痛",))) == ["a"]
    assert ids(engine, Knn("passages", vector((1, 0, 0)))) == ["a"]
    assert retrieve(engine, Match("body", ("头痛",))).total == 1


def test_the_last_entry_of_a_batch_wins(engine):
    put(engine, make_entry("a", "发热"), make_entry("a", "头痛"))
    assert ids(engine, Match("body", ("发热",))) == []
    assert ids(engine, Match("body", ("头痛",))) == ["a"]


def test_a_deleted_entry_is_found_by_no_leg(engine):
    put(engine, *(make_entry(d, "头痛", passages=[(1, 0, 0)], doc_vector=(1, 0, 0), tfidf={"头痛": 1.0}) for d in "ab"))
    engine.delete(["a", "nobody"])
    engine.refresh()
    legs = (
        Match("body", ("头痛",)),
        Sparse("tfidf", {"头痛": 1.0}),
        Knn("passages", vector((1, 0, 0))),
        Knn("doc_vector", vector((1, 0, 0))),
    )
    found = retrieve(engine, *legs)
    assert [[doc.doc_id for doc in leg.docs] for leg in found.legs] == [["b"]] * 4
    assert found.total == 1
    assert engine.fetch(["a"]) == []


def test_any_id_up_to_256_bytes_is_kept(engine):
    awkward = ["a/b", "a b?x=1&y=#", "病" * 85, '"\\', "_id", "A", "a", "+*'"]
    put(engine, *(make_entry(doc_id, "头痛") for doc_id in awkward))
    assert sorted(ids(engine, Match("body", ("头痛",)))) == sorted(awkward)
    assert [entry.doc_id for entry in engine.fetch(awkward)] == awkward
    engine.delete(awkward[:3])
    engine.refresh()
    assert [entry.doc_id for entry in engine.scan()] == sorted(awkward[3:])


def test_a_second_opening_sees_what_was_refreshed(open_again):
    first, second = open_again(), open_again()
    put(first, make_entry("a", "头痛"))
    assert ids(second, Match("body", ("头痛",))) == ["a"]
    put(second, make_entry("b", "头痛"))
    assert ids(first, Match("body", ("头痛",))) == ["a", "b"]


def test_an_index_outlives_its_engine(open_again):
    engine = open_again()
    put(engine, make_entry("a", "头痛", passages=[(1, 0, 0)]))
    engine.append([make_version("a")])
    engine.close()
    engine.close()
    again = open_again()
    assert ids(again, Match("body", ("头痛",))) == ["a"]
    assert ids(again, Knn("passages", vector((1, 0, 0)))) == ["a"]
    assert [version.number for version in again.versions("a")] == [1]


def test_an_empty_engine_answers_everything_with_nothing(engine):
    legs = (Match("body", ("头痛",)), Sparse("tfidf", {"头痛": 1.0}), Knn("passages", vector((1, 0, 0))))
    found = retrieve(engine, *legs, facets=("source",))
    assert (found.total, found.counts["source"], [leg.docs for leg in found.legs]) == (0, {}, [()] * 3)
    assert engine.fetch(["a"]) == [] and list(engine.scan()) == [] and engine.complete("a", 5) == []
    assert engine.generation().documents == 0


# --- versions


def test_versions_come_oldest_first(engine):
    engine.append([make_version("a", 2, "new"), make_version("a", 1, "old"), make_version("b")])
    assert [(version.number, version.text) for version in engine.versions("a")] == [(1, "old"), (2, "new")]


def test_a_version_comes_back_whole(engine):
    version = make_version("a", 7, "x\n头痛", title="头痛", published_at=date(2025, 1, 2))
    engine.append([version])
    assert engine.versions("a") == [version]


def test_the_same_version_again_is_no_change(engine):
    engine.append([make_version("a")])
    engine.append([make_version("a")])
    assert len(engine.versions("a")) == 1


def test_another_text_under_the_same_number_is_a_conflict(engine):
    engine.append([make_version("a", 1, "one")])
    with pytest.raises(VersionConflict, match="a"):
        engine.append([make_version("a", 1, "two")])
    assert [version.text for version in engine.versions("a")] == ["one"]


def test_versions_of_an_unknown_document_are_an_error_that_names_it(engine):
    with pytest.raises(DocumentNotFound, match="nobody"):
        engine.versions("nobody")


def test_versions_outlive_the_entry_and_a_rebuild(engine):
    put(engine, make_entry("a"), make_entry("b"))
    engine.append([make_version("a")])
    engine.delete(["a"])
    with engine.rebuild(MODELS, same) as fresh:
        fresh.index([make_entry("b")])
    assert len(engine.versions("a")) == 1


# --- legs


def test_bm25_scores_are_lucenes(engine):
    put(engine, make_entry("a", "头痛 发热 咳嗽"), make_entry("b", "头痛 头痛"), make_entry("c", "发热"))
    docs = {doc.doc_id: doc.score for doc in retrieve(engine, Match("body", ("头痛", "咳嗽"))).legs[0].docs}
    # idf = ln(1 + (N - df + .5) / (df + .5)); tf part = tf / (tf + 1.2 * (1 - .75 + .75 * length / 2)); Lucene leaves out (k1 + 1)
    assert docs["a"] == pytest.approx(0.4700036 / (1 + 1.2 * 1.375) + 0.9808293 / (1 + 1.2 * 1.375), rel=1e-4) or docs[
        "a"
    ] == pytest.approx(2.2 * (0.4700036 + 0.9808293) / (1 + 1.2 * 1.375), rel=1e-4)
    assert docs["b"] / docs["a"] == pytest.approx((2 * 0.4700036 / (2 + 1.2)) / ((0.4700036 + 0.9808293) / 2.65), rel=1e-4)


def test_a_repeated_query_term_counts_once(engine):
    put(engine, make_entry("a", "头痛 发热"))
    (once,) = retrieve(engine, Match("body", ("头痛",))).legs[0].docs
    (twice,) = retrieve(engine, Match("body", ("头痛", "头痛"))).legs[0].docs
    assert once.score == pytest.approx(twice.score)


@pytest.mark.parametrize(
    ("at_least", "found"),
    [(0.0, "abc"), (0.34, "ab"), (0.5, "ab"), (0.67, "a"), (1.0, "a")],
)
def test_at_least_is_the_share_of_terms_a_document_must_hold(engine, at_least, found):
    put(engine, make_entry("a", "x y z"), make_entry("b", "x y"), make_entry("c", "x"), make_entry("d", "w"))
    assert sorted(ids(engine, Match("body", ("x", "y", "z"), at_least))) == list(found)


def test_fields_are_searched_apart(engine):
    put(engine, make_entry("a", "头痛"), make_entry("b", title_terms="头痛"), make_entry("c", aliases_terms="头痛"))
    put(engine, make_entry("d", symptoms_terms="头痛"), make_entry("e", title_chars="头痛"))
    found = [ids(engine, Match(field, ("头痛",))) for field in ("body", "title", "aliases", "symptoms")]
    assert found == [["a"], ["b"], ["c"], ["d"]]
    assert ids(engine, Match("title_chars", ("头", "痛"), 1.0)) == ["e"]


def test_terms_are_taken_as_they_are(engine):
    odd = ("HbA1c", "hba1c", "37.8℃", "α-受体", "a.b", "(x)", "2型", "😀")
    put(engine, *(make_entry(f"d{i}", term) for i, term in enumerate(odd)))
    assert [ids(engine, Match("body", (term,))) for term in odd] == [[f"d{i}"] for i in range(len(odd))]


def test_sparse_scores_are_dot_products(engine):
    put(
        engine,
        make_entry("a", tfidf={"x": 0.6, "y": 0.8}),
        make_entry("b", tfidf={"x": 1.0}),
        make_entry("c", tfidf={"z": 1.0}),
    )
    docs = retrieve(engine, Sparse("tfidf", {"x": 0.8, "y": 0.6, "unknown": 0.1})).legs[0].docs
    assert [doc.doc_id for doc in docs] == ["a", "b"]
    assert [doc.score for doc in docs] == pytest.approx([0.96, 0.8], rel=0.01)


def test_a_document_scores_as_its_best_passage(engine):
    put(engine, make_entry("a", passages=[(1, 0, 0), (0, 1, 0)]), make_entry("b", passages=[(0.8, 0.6, 0)]))
    docs = retrieve(engine, Knn("passages", vector((1, 0, 0)))).legs[0].docs
    assert [(doc.doc_id, doc.passage) for doc in docs] == [("a", 0), ("b", 0)]
    assert [doc.score for doc in docs] == pytest.approx([1.0, 0.8], abs=1e-5)
    (best, _) = retrieve(engine, Knn("passages", vector((0, 1, 0)))).legs[0].docs
    assert (best.doc_id, best.passage) == ("a", 1)


def test_vector_fields_are_searched_apart(engine):
    put(
        engine,
        make_entry("a", doc_vector=(1, 0, 0)),
        make_entry("b", title_vector=(1, 0, 0, 0)),
        make_entry("c", passages=[(1, 0)]),
    )
    query = {"doc_vector": (1, 0, 0), "title_vector": (1, 0, 0, 0), "passages": (1, 0)}
    assert [ids(engine, Knn(field, vector(values))) for field, values in query.items()] == [["a"], ["b"], ["c"]]


def test_a_query_vector_of_any_length_is_compared_by_cosine(engine):
    put(engine, make_entry("a", doc_vector=(1, 1, 0)))
    (doc,) = retrieve(engine, Knn("doc_vector", vector((5, 0, 0)))).legs[0].docs
    assert doc.score == pytest.approx(0.70711, abs=1e-4)


def test_k_counts_documents_not_passages(engine):
    put(engine, make_entry("a", passages=[(1, 0, 0), (1, 0.01, 0), (1, 0.02, 0)]), make_entry("b", passages=[(0, 1, 0)]))
    assert ids(engine, Knn("passages", vector((1, 0, 0)), k=2)) == ["a", "b"]
    assert ids(engine, Knn("passages", vector((1, 0, 0)), k=1)) == ["a"]


def test_knn_keeps_what_is_within_the_margin_of_a_best_above_the_floor(engine):
    put(engine, *(make_entry(d, doc_vector=v) for d, v in {"a": (1, 0, 0), "b": (1, 0.5, 0), "c": (0, 1, 0)}.items()))
    query = vector((1, 0, 0))
    assert ids(engine, Knn("doc_vector", query, margin=0.2)) == ["a", "b"]
    assert ids(engine, Knn("doc_vector", query, margin=0.01)) == ["a"]
    assert ids(engine, Knn("doc_vector", vector((0, 0, 1)), floor=0.5)) == []
    assert retrieve(engine, Knn("doc_vector", query, margin=0.2)).total == 2


def test_documents_without_a_vector_are_left_out_of_knn_alone(engine):
    put(engine, make_entry("a", "头痛", passages=[(1, 0, 0)]), make_entry("b", "头痛"))
    assert ids(engine, Match("body", ("头痛",))) == ["a", "b"]
    assert ids(engine, Knn("passages", vector((1, 0, 0)))) == ["a"]


def test_equal_scores_sort_by_id_also_at_the_cut(engine):
    order = [f"d{i:02}" for i in range(30)]
    shuffled = random.Random(7).sample(order, len(order))
    for doc_id in shuffled:
        engine.index([make_entry(doc_id, "头痛", doc_vector=(1, 0, 0), tfidf={"头痛": 1.0}, passages=[(1, 0, 0)])])
    engine.refresh()
    query = vector((1, 0, 0))
    for leg in (Match("body", ("头痛",)), Sparse("tfidf", {"头痛": 1.0}), Knn("doc_vector", query), Knn("passages", query)):
        assert ids(engine, leg, limit=7) == order[:7]
    assert ids(engine, Knn("doc_vector", query, k=5)) == order[:5]
    assert ids(engine, Knn("passages", query, k=5)) == order[:5]


def test_a_document_that_one_leg_names_is_scored_by_all(engine):
    put(engine, *(make_entry(f"x{i}", "头痛 头痛") for i in range(5)))
    put(engine, make_entry("z", "头痛 发热 发热 发热 发热", doc_vector=(1, 0, 0), tfidf={"头痛": 0.1}))
    found = retrieve(
        engine, Match("body", ("头痛",)), Knn("doc_vector", vector((1, 0, 0))), Sparse("tfidf", {"头痛": 1.0}), limit=2
    )
    assert [doc.doc_id for doc in found.legs[0].docs] == ["x0", "x1", "z"]
    assert [doc.doc_id for doc in found.legs[1].docs] == ["z"]
    assert found.legs[0].docs[2].score < found.legs[0].docs[1].score


def test_heads_are_unfiltered_and_ten_long(engine):
    put(engine, *(make_entry(f"d{i:02}", "头痛", doc_vector=(1, i / 100, 0), source="s" if i % 2 else "t") for i in range(12)))
    found = retrieve(
        engine,
        Match("body", ("头痛",)),
        Knn("doc_vector", vector((1, 0, 0))),
        filters=Filters(include={"source": ("s",)}),
        limit=3,
    )
    assert [[doc.doc_id for doc in leg.head] for leg in found.legs] == [[f"d{i:02}" for i in range(10)]] * 2
    assert [[doc.doc_id for doc in leg.docs] for leg in found.legs] == [["d01", "d03", "d05"]] * 2


def test_a_vector_of_another_size_is_refused(engine):
    put(engine, make_entry("a", passages=[(1, 0, 0)]))
    with pytest.raises(BadQuery):
        retrieve(engine, Knn("passages", vector((1, 0))))
    with pytest.raises(MappingMismatch):
        engine.index([make_entry("b", passages=[(1, 0)])])
    assert engine.fetch(["b"]) == []


# --- the result set


def test_the_result_set_is_what_any_leg_matches_or_keeps(engine):
    put(
        engine,
        make_entry("a", "头痛"),
        make_entry("b", "发热", doc_vector=(1, 0, 0)),
        make_entry("c", "x", doc_vector=(0, 1, 0)),
    )
    found = retrieve(engine, Match("body", ("头痛",)), Knn("doc_vector", vector((1, 0, 0)), k=1), facets=("source",))
    assert found.total == 2


def test_the_total_counts_beyond_the_limit(engine):
    put(engine, *(make_entry(f"d{i:02}", "头痛", source="s") for i in range(25)))
    found = retrieve(engine, Match("body", ("头痛",)), limit=10, facets=("source",))
    assert (found.total, found.counts["source"], len(found.legs[0].docs)) == (25, {"s": 25}, 10)


def test_a_filter_cuts_and_never_refills_a_knn_leg(engine):
    put(engine, *(make_entry(f"d{i}", doc_vector=(1, i, 0), source="s" if i > 2 else "t") for i in range(6)))
    leg = Knn("doc_vector", vector((1, 0, 0)), k=4)
    assert ids(engine, leg) == ["d0", "d1", "d2", "d3"]
    assert ids(engine, leg, filters=Filters(include={"source": ("s",)})) == ["d3"]


def test_no_legs_is_every_document(engine):
    put(engine, make_entry("a", source="s"), make_entry("b", source="t"))
    found = retrieve(engine, sort="title", facets=("source",))
    assert (found.total, found.counts["source"], found.legs) == (2, {"s": 1, "t": 1}, ())


def test_hidden_entries_are_stored_and_found_nowhere(engine):
    put(engine, make_entry("a", "头痛", hidden=True, source="s", names=[Name("头痛", ("tt",))], doc_vector=(1, 0, 0)))
    legs = (Match("body", ("头痛",)), Knn("doc_vector", vector((1, 0, 0))))
    found = retrieve(engine, *legs, facets=("source",))
    assert (found.total, found.counts["source"], [leg.docs + leg.head for leg in found.legs]) == (0, {}, [(), ()])
    assert retrieve(engine, sort="date").total == 0
    assert engine.complete("t", 5) == []
    assert [entry.hidden for entry in engine.fetch(["a"])] == [True]


def test_a_hidden_entry_takes_no_place_among_the_k_nearest(engine):
    put(engine, make_entry("a", doc_vector=(1, 0, 0), hidden=True), make_entry("b", doc_vector=(1, 1, 0)))
    assert ids(engine, Knn("doc_vector", vector((1, 0, 0)), k=1)) == ["b"]


# --- filters


@pytest.fixture
def library(engine):
    put(
        engine,
        make_entry("a", "头痛", source="s", kind="disease", departments=("内科/神经内科",), published="2024-05-01"),
        make_entry("b", "头痛", source="s", kind="symptom", departments=("内科/心内科", "急诊科"), published="2025-05-01"),
        make_entry("c", "头痛", source="t", kind="disease", departments=("外科",), series="flu", newest=False),
        make_entry("d", "发热", source="t", kind="drug"),
    )
    return engine


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), "abc"),
        (Filters(include={"source": ("s",)}), "ab"),
        (Filters(include={"source": ("s", "t")}), "abc"),
        (Filters(include={"source": ("s",), "kind": ("disease",)}), "a"),
        (Filters(include={"department": ("内科",)}), "ab"),
        (Filters(include={"department": ("内科/神经内科", "外科")}), "ac"),
        (Filters(exclude={"department": ("内科/神经内科",)}), "bc"),
        (Filters(exclude={"source": ("s",)}), "c"),
        (Filters(include={"department": ("内科",)}, exclude={"department": ("急诊科",)}), "a"),
        (Filters(include={"year": ("2025",)}), "b"),
        (Filters(include={"series": ("flu",)}), "c"),
        (Filters(include={"source": ("nobody",)}), ""),
        (Filters(published_from=date(2024, 5, 1)), "ab"),
        (Filters(published_from=date(2024, 5, 2), published_to=date(2025, 5, 1)), "b"),
        (Filters(published_to=date(2024, 12, 31)), "a"),
        (Filters(newest_only=True), "ab"),
    ],
)
def test_filters_are_or_inside_a_field_and_and_across(library, filters, found):
    assert "".join(ids(library, Match("body", ("头痛",)), filters=filters)) == found
    assert retrieve(library, Match("body", ("头痛",)), filters=filters).total == len(found)


def test_an_unknown_field_is_a_bad_query_that_names_it(library):
    with pytest.raises(BadQuery, match="colour"):
        retrieve(library, Match("body", ("头痛",)), filters=Filters(include={"colour": ("red",)}))
    with pytest.raises(BadQuery, match="colour"):
        retrieve(library, Match("body", ("头痛",)), facets=("colour",))


def test_counts_leave_their_own_fields_choices_out(library):
    filters = Filters(include={"source": ("s",), "kind": ("disease",)})
    found = retrieve(library, Match("body", ("头痛",)), filters=filters, facets=("source", "kind", "department"))
    assert found.counts["source"] == {"s": 1, "t": 1}
    assert found.counts["kind"] == {"disease": 1, "symptom": 1}
    assert found.counts["department"] == {"内科": 1, "内科/神经内科": 1}


def test_exclusion_leaves_its_own_field_uncut_in_counts(library):
    found = retrieve(library, Match("body", ("头痛",)), filters=Filters(exclude={"source": ("s",)}), facets=("source",))
    assert (found.total, found.counts["source"]) == (1, {"s": 2, "t": 1})


def test_every_count_is_what_its_click_shows(engine):
    rng = random.Random(11)
    entries = [
        make_entry(
            f"d{i:03}",
            " ".join(rng.choices(["头痛", "发热", "咳嗽", "x"], k=3)),
            source=rng.choice("stu"),
            kind=rng.choice(["disease", "drug", ""]),
            departments=tuple(rng.sample(["内科/神经内科", "内科/心内科", "外科", "儿科"], rng.randint(0, 2))),
            published=rng.choice(["2023-01-01", "2024-01-01", "2025-01-01", ""]),
            doc_vector=(rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1)),
            hidden=rng.random() < 0.1,
        )
        for i in range(120)
    ]
    put(engine, *entries)
    legs = (Match("body", ("头痛",)), Knn("doc_vector", vector((1, 0, 0)), k=20))
    facets = ("source", "kind", "department", "year")
    for chosen in ({}, {"source": ("s",)}, {"kind": ("drug",), "department": ("内科",)}):
        found = retrieve(engine, *legs, filters=Filters(include=chosen), facets=facets)
        assert set(found.counts) == set(facets)
        for field, values in found.counts.items():
            for value, count in values.items():
                click = Filters(include={**chosen, field: (value,)})
                assert retrieve(engine, *legs, filters=click).total == count > 0


def test_phrases_are_characters_side_by_side(engine):
    put(engine, make_entry("a", "x", body_chars="我的头很痛"), make_entry("b", "x", body_chars="我头痛"))
    put(engine, make_entry("c", "x", title_chars="头痛", body_chars="x"))
    leg = Match("body", ("x",))
    assert ids(engine, leg, filters=Filters(phrases=(phrase("头痛"),))) == ["b"]
    assert ids(engine, leg, filters=Filters(phrases=(phrase("头"), phrase("痛")))) == ["a", "b"]
    assert ids(engine, leg, filters=Filters(phrases=(phrase("头痛", "title_chars"),))) == ["c"]
    assert ids(engine, leg, filters=Filters(phrases=(phrase("头痛", "title_chars", "body_chars"),))) == ["b", "c"]
    assert ids(engine, leg, filters=Filters(without_terms=(phrase("很痛"),))) == ["b", "c"]
    assert ids(engine, leg, filters=Filters(without_terms=(phrase("头痛", "title_chars", "body_chars"),))) == ["a"]
    assert retrieve(engine, leg, filters=Filters(phrases=(phrase("头痛"),))).total == 1


def test_a_filter_never_reorders(engine):
    rng = random.Random(5)
    words = ["头痛", "发热", "咳嗽", "恶心"]
    put(
        engine,
        *(
            make_entry(
                f"d{i:03}",
                " ".join(rng.choices(words, k=rng.randint(1, 9))),
                source=rng.choice("st"),
                passages=[(rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(2)],
            )
            for i in range(80)
        ),
    )
    legs = (Match("body", ("头痛", "恶心")), Knn("passages", vector((1, 0, 0)), k=30, margin=0.5))
    whole = retrieve(engine, *legs, limit=1000)
    cut = retrieve(engine, *legs, limit=1000, filters=Filters(include={"source": ("s",)}))
    inside = {entry.doc_id for entry in engine.scan() if entry.document.source == "s"}
    for before, after in zip(whole.legs, cut.legs, strict=True):
        assert [doc.doc_id for doc in after.docs] == [doc.doc_id for doc in before.docs if doc.doc_id in inside]
        assert [doc.score for doc in after.docs] == pytest.approx(
            [d.score for d in before.docs if d.doc_id in inside], abs=1e-5
        )
        assert after.head == before.head


# --- sorting


def test_sorts_put_what_has_no_key_last(engine):
    put(
        engine,
        make_entry("a", "x", published="2024-01-01", title_sort="tou"),
        make_entry("b", "x"),
        make_entry("c", "x", published="2025-01-01", title_sort="fa"),
        make_entry("d", "x", published="2024-01-01", title_sort="tou"),
    )
    leg = Match("body", ("x",))
    assert retrieve(engine, leg, sort="date").order == ("c", "a", "d", "b")
    assert retrieve(engine, leg, sort="title").order == ("c", "a", "d", "b")
    assert retrieve(engine, sort="title", limit=2).order == ("c", "a")
    assert retrieve(engine, leg, sort="date", filters=Filters(published_to=date(2024, 6, 1))).order == ("a", "d")


def test_a_sorted_list_still_has_its_scores(engine):
    put(engine, make_entry("a", "x", published="2024-01-01"), make_entry("b", "x x", published="2025-01-01"))
    put(engine, make_entry("c", doc_vector=(1, 0, 0), published="2026-01-01"))
    found = retrieve(engine, Match("body", ("x",)), Knn("doc_vector", vector((1, 0, 0))), sort="date", limit=2)
    assert found.order == ("c", "b")
    assert [[doc.doc_id for doc in leg.docs] for leg in found.legs] == [["b"], ["c"]]
    assert found.total == 3


# --- suggestions


def test_complete_finds_names_by_any_key_shortest_first(engine):
    put(
        engine,
        make_entry("a", names=[Name("头痛", ("头痛", "toutong", "tt")), Name("头风", ("头风", "toufeng", "tf"))]),
        make_entry("b", names=[Name("头痛", ("头痛", "toutong", "tt")), Name("HbA1c", ("hba1c",))]),
    )
    assert engine.complete("头", 5) == ["头痛", "头风"]
    assert engine.complete("tou", 5) == ["头痛", "头风"]
    assert engine.complete("t", 1) == ["头痛"]
    assert engine.complete("hb", 5) == ["HbA1c"]
    assert engine.complete("x", 5) == []
    assert engine.complete(".*", 5) == []


# --- models and generations


def test_entries_of_other_models_are_refused_whole(engine):
    put(engine, make_entry("a"))
    with pytest.raises(MappingMismatch):
        engine.index([make_entry("b"), make_entry("c", models={"text": "t2", "bert": "b1"})])
    assert engine.fetch(["b", "c"]) == []


def test_a_generation_says_what_it_holds(engine):
    put(engine, make_entry("a", passages=[(1, 0, 0), (0, 1, 0)]), make_entry("b"))
    generation = engine.generation()
    assert (generation.documents, generation.passages, generation.models) == (2, 2, MODELS)
    assert generation.mapping_version and generation.name


NEW = {"text": "t2", "bert": "b1"}


def derive_new(entries: Iterable[IndexEntry]) -> list[IndexEntry]:
    return [make_entry(entry.doc_id, "新", models=NEW, doc_vector=(1, 0, 0)) for entry in entries]


def test_a_rebuild_is_seen_only_when_it_is_done(open_again):
    engine, reader = open_again(), open_again()
    put(engine, make_entry("a", "旧"), make_entry("b", "旧"))
    before = engine.generation().name
    with engine.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(engine.scan()))
        assert ids(reader, Match("body", ("旧",))) == ["a", "b"]
    for each in (engine, reader):
        assert ids(each, Match("body", ("旧",))) == []
        assert ids(each, Match("body", ("新",))) == ["a", "b"]
        assert each.generation().models == NEW
        assert each.generation().name != before
    put(engine, *derive_new([make_entry("c")]))
    assert ids(reader, Match("body", ("新",))) == ["a", "b", "c"]


def test_a_rebuild_may_change_the_vectors_size(engine):
    put(engine, make_entry("a", passages=[(1, 0, 0)]))
    with engine.rebuild(NEW, same) as fresh:
        fresh.index([make_entry("a", passages=[(1, 0)], models=NEW)])
    assert ids(engine, Knn("passages", vector((1, 0)))) == ["a"]


def test_a_failed_rebuild_leaves_everything_as_it_was(engine):
    put(engine, make_entry("a", "旧"))
    with pytest.raises(ZeroDivisionError), engine.rebuild(NEW, derive_new) as fresh:
        fresh.index([make_entry("z", "新", models=NEW)])
        raise ZeroDivisionError
    assert ids(engine, Match("body", ("旧",))) == ["a"]
    assert engine.generation().models == MODELS
    put(engine, make_entry("b", "旧"))
    assert ids(engine, Match("body", ("旧",))) == ["a", "b"]
    with engine.rebuild(NEW, derive_new) as fresh:
        fresh.index(derive_new(engine.scan()))
    assert ids(engine, Match("body", ("新",))) == ["a", "b"]


def test_what_is_written_during_a_rebuild_is_there_after_it(open_again):
    engine, writer = open_again(), open_again()
    put(engine, *(make_entry(doc_id, "旧") for doc_id in "abcd"))
    with engine.rebuild(NEW, derive_new) as fresh:
        old = list(engine.scan())
        writer.index([make_entry("a", "改"), make_entry("e", "旧")])
        writer.delete(["b"])
        fresh.index([make_entry(entry.doc_id, "先", models=NEW) for entry in old])
        writer.delete(["c"])
        writer.refresh()
        assert ids(writer, Match("body", ("改",))) == ["a"]
    engine.refresh()
    assert [entry.doc_id for entry in engine.scan()] == ["a", "d", "e"]
    assert ids(engine, Match("body", ("新",))) == ["a", "e"]
    assert ids(engine, Match("body", ("先",))) == ["d"]


def test_a_second_rebuild_at_once_is_refused(open_again):
    engine, other = open_again(), open_again()
    put(engine, make_entry("a"))
    with engine.rebuild(NEW, derive_new) as fresh:
        with pytest.raises(RebuildRunning, match="正在重建"), other.rebuild(NEW, derive_new):
            raise AssertionError("two rebuilds at once")
        fresh.index(derive_new(engine.scan()))


def test_writers_during_a_rebuild_lose_nothing(open_again):
    """A thread writes through its own engine while generations change; all that was acknowledged is there, once."""
    engine, writer = open_again(), open_again()
    put(engine, make_entry("start", "x"))
    acknowledged: list[str] = ["start"]
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            entry = make_entry(f"w{number:04}", "x", models=writer.generation().models)
            try:
                writer.index([entry])
            except MappingMismatch:
                continue
            acknowledged.append(entry.doc_id)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for turn in range(3):
            models = {"text": f"turn{turn}"}

            def rederive(entries: Sequence[IndexEntry], models=models) -> list[IndexEntry]:
                return [make_entry(entry.doc_id, "x", models=models) for entry in entries]

            with engine.rebuild(models, rederive) as fresh:
                fresh.index(rederive(list(engine.scan())))
    finally:
        stop.set()
        thread.join()
    engine.refresh()
    assert len(acknowledged) > 1
    assert [entry.doc_id for entry in engine.scan()] == sorted(acknowledged)
    assert retrieve(engine, Match("body", ("x",))).total == len(acknowledged)
    assert {tuple(entry.models.items()) for entry in engine.scan()} == {(("text", "turn2"),)}


def test_unit_vectors_come_back_bit_for_bit(engine):
    rng = random.Random(3)
    entry = make_entry(
        "a", passages=[[rng.gauss(0, 1) for _ in range(3)] for _ in range(5)], doc_vector=[rng.random() for _ in range(3)]
    )
    put(engine, entry)
    assert engine.fetch(["a"], vectors=True)[0].passages == entry.passages
    assert unit((1, 2, 3)) == unit((2, 4, 6))
