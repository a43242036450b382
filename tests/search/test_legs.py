"""What a question asks of each leg."""

import pytest

from search.errors import ModelUnusable
from search.legs import content_bigrams, legs_of, read
from search.query import Match
from search.ranking import LegSpec, Ranking, ranking
from search.text.analyzer import Analyzer
from search.text.segment import Segmenter


@pytest.fixture(scope="module")
def analyzer():
    return Analyzer(Segmenter(), lambda: None, {})


def concept_leg(text, analyzer):
    spec = LegSpec("concepts.body", "match", "body_concepts", {"bias": 0.0}, at_least=0.5)
    [(_, leg)], _ = legs_of(Ranking("r", (spec,)), read(text, analyzer))
    assert isinstance(leg, Match)
    return leg


def test_of_two_spellings_of_one_concept_either_is_enough(analyzer):
    leg = concept_leg("头疼", analyzer)
    assert leg.terms == ("头疼", "头痛")
    assert leg.at_least == 0


def test_of_several_concepts_a_share_must_be_there(analyzer):
    leg = concept_leg("发热 咳嗽 腹泻 皮疹", analyzer)
    assert round(leg.at_least * len(leg.terms) + 0.5) == 2  # the root of four


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [("脑袋一阵一阵地疼", "脑袋", "一阵"), ("头疼得厉害", "头疼", "厉害"), ("糖尿病怎么办", "糖尿", "怎么")],
)
def test_pairs_of_characters_that_say_only_how_much_or_how_often_are_not_sought(analyzer, text, kept, dropped):
    found = content_bigrams(text, analyzer.concepts)
    assert kept in found
    assert dropped not in found


def test_a_question_of_such_words_alone_keeps_them(analyzer):
    assert content_bigrams("怎么办", analyzer.concepts) == ("怎么", "么办")


def no_encoder():
    raise ModelUnusable("模型不在")


@pytest.mark.parametrize(("name", "said"), [("bert", "请改用 bm25 或 hybrid"), ("hybrid", "只按字词排序")])
def test_without_an_encoder_it_is_said_what_still_works(analyzer, name, said):
    pairs, notices = legs_of(ranking(name), read("头痛", Analyzer(analyzer.segmenter, no_encoder, {})))
    assert len(notices) == 1
    assert said in notices[0]
    assert bool(pairs) == (name == "hybrid")
