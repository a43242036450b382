"""The read path over the sample pages: real encoder, real models, the embedded engine."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from search.errors import BadQuery
from search.legs import legs_of, read
from search.query import FIELDS, Filters, Query
from search.ranking import Ranking, ranking, rankings, together, weights
from search.searcher import NOT_AS_ASKED, NOT_TOGETHER
from search.text.normalize import fold
from tests.factories import make_document

SAMPLES = Path(__file__).parents[2] / "samples"
RANKINGS = list(rankings())
QRELS = [line.split("\t") for line in (SAMPLES / "qrels.tsv").read_text(encoding="utf-8").splitlines()]
HEADACHE = {page for query, page, grade in QRELS if query == "q01"}


def titles(results):
    return [hit.entry.document.title for hit in results.hits]


def test_my_head_hurts_finds_headache_by_meaning_and_a_sore_arm_by_letters(samples):
    by_meaning = samples.search(Query("我的头很痛"), "hybrid")
    by_letters = samples.search(Query("我的头很痛"), "bm25")
    assert {hit.entry.doc_id for hit in by_meaning.hits} <= HEADACHE
    assert not {hit.entry.doc_id for hit in by_letters.hits} <= HEADACHE


@pytest.mark.parametrize("text", ["我的头很痛", "頭好痛怎麼辦", "脑袋一阵一阵地疼", "头疼得厉害"])
def test_lay_words_for_headache_find_headache(samples, text):
    found = [hit.entry.doc_id for hit in samples.search(Query(text), "hybrid").hits]
    assert sum(doc_id in HEADACHE for doc_id in found) >= 9


def test_a_headache_that_few_pages_speak_of_comes_first(samples):
    found = [hit.entry.doc_id for hit in samples.search(Query("太阳穴一跳一跳地痛"), "hybrid").hits]
    assert set(found[:5]) <= HEADACHE


@pytest.mark.parametrize("text", ["做完俯卧撑胳膊后面酸痛", "脚趾头疼", "骨头疼"])
def test_other_pains_do_not_find_headache_first(samples, text):
    first = samples.search(Query(text), "hybrid").hits[0]
    assert first.entry.doc_id not in HEADACHE


@pytest.mark.parametrize("name", RANKINGS)
def test_reasons_add_up_to_the_score_on_one_scale(samples, name):
    results = samples.search(Query("头痛 咳嗽 发热", limit=20), name)
    assert results.hits
    for hit in results.hits:
        assert hit.reasons
        assert hit.score == pytest.approx(sum(reason.contribution for reason in hit.reasons))
        assert 0 <= hit.score <= 1
    assert [hit.score for hit in results.hits] == sorted((hit.score for hit in results.hits), reverse=True)


@pytest.mark.parametrize("name", ["bm25", "hybrid"])
def test_who_types_a_title_or_an_alias_finds_that_page_first(samples, name):
    bearers = defaultdict(set)
    for entry in samples.engine.scan():
        for said in (entry.document.title, *entry.document.facts.aliases):
            bearers[said].add(entry.document.doc_id)
    first = {said: samples.rank(Query(said, limit=1), name)[0].doc_id for said in bearers}
    assert {said: doc_id for said, doc_id in first.items() if doc_id not in bearers[said]} == {}


@pytest.mark.parametrize("text", ["我的头很痛", "高血压患者能不能吃西柚", "asdfgh 头"])
def test_rankings_are_tuned_on_the_features_that_a_search_weighs_by(samples, text):
    legs, _ = legs_of(ranking("hybrid"), read(text, samples.analyzer))
    specs = [spec for spec, _ in legs]
    seen = samples.evidence(text, "hybrid", 100, seen=together(RANKINGS)).features
    expected = dict(zip((spec.name for spec in specs), weights(specs, seen), strict=True))
    reasons = [reason for hit in samples.search(Query(text), "hybrid").hits for reason in hit.reasons]
    assert {reason.leg: reason.weight for reason in reasons} == {reason.leg: expected[reason.leg] for reason in reasons}


@pytest.mark.parametrize("name", RANKINGS)
def test_a_filter_cuts_the_list_and_reorders_nothing(samples, name):
    whole = [doc.doc_id for doc in samples.rank(Query("孩子发烧咳嗽", limit=1000), name)]
    filters = Filters(include={"department": ("内科",)})
    cut = [doc.doc_id for doc in samples.rank(Query("孩子发烧咳嗽", filters, limit=1000), name)]
    inside = {entry.doc_id for entry in samples.engine.fetch(whole) if "内科" in FIELDS["department"](entry)}
    assert cut == [doc_id for doc_id in whole if doc_id in inside]


@pytest.mark.parametrize("name", RANKINGS)
def test_a_facets_count_is_what_its_click_shows(samples, name):
    results = samples.search(Query("头痛"), name)
    for field in ("department", "kind", "year"):
        for value, count in results.facets[field].items():
            click = samples.search(Query("头痛", Filters(include={field: (value,)}), limit=1000), name, ())
            assert click.total == len(click.hits) == count


@pytest.mark.parametrize("name", RANKINGS)
def test_pages_join_into_one_list(samples, name):
    whole = [doc.doc_id for doc in samples.rank(Query("咳嗽", limit=60), name)]
    pages = [doc.doc_id for start in range(0, 60, 7) for doc in samples.rank(Query("咳嗽", limit=7, offset=start), name)][:60]
    assert pages == whole


@pytest.mark.parametrize(
    ("text", "understood"),
    [("我的头很痛，头疼", ("头痛",)), ("吃布洛芬拉肚子", ("布洛芬", "腹泻")), ("怎么办", ()), ("😀", ())],
)
def test_the_answer_says_what_was_understood(samples, text, understood):
    assert samples.search(Query(text), "bm25").concepts == understood


def test_a_matched_word_is_where_its_offsets_say(samples):
    for hit in samples.search(Query("偏头痛 恶心"), "bm25").hits:
        for reason in hit.reasons:
            text = hit.entry.document.title if reason.leg.endswith("title") else hit.entry.document.text
            marked = {fold(text[start:end]) for start, end in reason.offsets}
            assert all(word and (word in "偏头痛恶心" or "头痛" in word or "恶心" in word) for word in marked)


def test_a_snippet_is_a_quotation(samples):
    for hit in samples.search(Query("发烧")).hits:
        assert hit.snippet in hit.entry.document.text


def test_sorting_by_date_keeps_the_result_set(samples):
    by_date = samples.search(Query("头痛", sort="date", limit=1000), "bm25")
    dates = [hit.entry.document.published_at for hit in by_date.hits]
    assert dates == sorted(dates, reverse=True)
    assert {hit.entry.doc_id for hit in by_date.hits} == {doc.doc_id for doc in samples.rank(Query("头痛", limit=1000), "bm25")}


def test_browsing_needs_no_words(samples):
    results = samples.search(Query("", Filters(include={"department": ("儿科",)}), sort="title"))
    assert results.total > 0
    assert all("儿科" in FIELDS["department"](hit.entry) for hit in results.hits)


@pytest.mark.parametrize("text", ["", " \u3000\n", "\x00\x01"])
def test_an_empty_question_asks_for_words(samples, text):
    with pytest.raises(BadQuery, match="请写下"):
        samples.search(Query(text))


def test_a_question_that_finds_nothing_is_told_so(samples):
    results = samples.search(Query("asdfgh"))
    assert results.total == 0
    assert "没有找到" in results.notices[0]


def test_a_huge_question_says_how_much_is_too_much(samples):
    with pytest.raises(BadQuery, match="100,000"):
        samples.search(Query("头" * 100_000))


@pytest.mark.parametrize("text", ["😀😀", "a\x00b头痛", "頭痛", "头" * 2000, "''\"\\ OR 1=1 --", "的了吗", "\ud800头痛"])
@pytest.mark.parametrize("name", RANKINGS)
def test_any_text_is_answered(samples, text, name):
    assert samples.search(Query(text), name).total >= 0


def test_traditional_and_full_width_find_the_same(samples):
    plain = [doc.doc_id for doc in samples.rank(Query("2型糖尿病 HbA1c"), "bm25")]
    assert [doc.doc_id for doc in samples.rank(Query("２型糖尿病　ＨｂＡ１ｃ"), "bm25")] == plain
    assert plain


def holding(results, *texts):
    return [all(text in hit.entry.document.title + hit.entry.document.text for text in texts) for hit in results.hits]


def test_quoted_words_must_stand_as_they_are_quoted(samples):
    quoted = samples.search(Query('恶心 "头痛"', limit=50))
    assert quoted.hits and all(holding(quoted, "头痛"))
    assert not all(holding(samples.search(Query("恶心 头痛", limit=50)), "头痛"))


def test_words_after_a_hyphen_stand_in_no_hit(samples):
    with_migraine = samples.search(Query("头痛", limit=100))
    without = samples.search(Query("头痛 -偏头痛", limit=100))
    assert any(holding(with_migraine, "偏头痛"))
    assert without.hits and not any(holding(without, "偏头痛"))


def test_title_asks_for_words_of_the_title(samples):
    found = samples.search(Query("title:头痛 恶心", limit=50))
    assert found.hits and all("头痛" in title for title in titles(found))


@pytest.mark.parametrize("text", ['"头痛恶心发热咳嗽"', "title:恶心发热咳嗽 头痛"])
def test_what_no_page_holds_as_asked_is_looked_for_as_plain_words_and_said(samples, text):
    found = samples.search(Query(text))
    assert found.hits
    assert found.notices[0] == NOT_AS_ASKED


def test_words_that_no_page_holds_together_are_looked_for_one_by_one_and_said(samples):
    text = "肩周炎 痔疮 荨麻疹 近视 龋齿 痛经 骨折 失眠 贫血 湿疹 便秘 中暑 脚气"
    strict = Ranking("strict", (replace(ranking("bm25").legs[-1], at_least=1.0),))
    found = samples.search(Query(text), strict)
    assert found.notices == (NOT_TOGETHER,)
    assert found.hits


def test_a_filter_that_leaves_nothing_loosens_no_wording(samples):
    chosen = Filters(include={"department": ("口腔科",)})
    found = samples.search(Query('"偏头痛"', filters=chosen))
    assert (found.total, found.hits) == (0, ())
    assert NOT_AS_ASKED not in found.notices


def test_exclusions_alone_list_what_remains(samples):
    found = samples.search(Query("-头痛", limit=100))
    assert found.hits and not any(holding(found, "头痛"))


@pytest.mark.parametrize("name", RANKINGS)
def test_a_snippet_stands_where_it_says_it_begins(samples, name):
    for hit in samples.search(Query("偏头痛 恶心"), name).hits:
        assert hit.snippet
        assert hit.entry.document.text.startswith(hit.snippet, hit.snippet_start)


def test_a_document_is_marked_as_often_as_is_asked_for(samples):
    document = make_document(title="头痛", text="头疼。\n" * 40)
    in_title, in_text = samples.marks(document, "头痛", 30)
    assert set(in_title) == {(0, 2)}
    assert len(set(in_text)) == 30
    assert {document.text[start:end] for start, end in in_text} == {"头疼"}
    assert samples.marks(document, "，", 30) == ((), ())
