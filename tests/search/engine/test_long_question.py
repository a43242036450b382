"""A question as long as one may be, of words that hardly repeat: Elasticsearch answers it as the embedded engine does."""

import os
import random

import pytest

from search.engine.base import Engine
from search.engine.elastic.engine import ElasticEngine
from search.engine.embedded.engine import EmbeddedEngine
from search.errors import ModelUnusable
from search.legs import legs_of, read
from search.query import WORD_FIELDS, Filters, Match
from search.ranking import ranking
from search.searcher import MAX_QUERY_CHARS
from search.text.analyzer import Analyzer
from search.text.names import whole_names
from search.text.segment import Segmenter, bigrams
from tests.factories import make_entry

pytestmark = pytest.mark.service

HAN = [chr(code) for code in range(0x4E00, 0x9FA6)]
QUESTION = "".join(random.Random(3).sample(HAN, MAX_QUERY_CHARS))


def no_encoder():
    raise ModelUnusable("这里没有")


@pytest.fixture(scope="module")
def analyzer():
    return Analyzer(Segmenter(), no_encoder, {})


@pytest.fixture(scope="module")
def engines(elasticsearch_url, tmp_path_factory, analyzer):
    made: list[Engine] = [
        EmbeddedEngine(tmp_path_factory.mktemp("long") / "index"),
        ElasticEngine(f"{elasticsearch_url}/long-question-{os.getpid()}"),
    ]
    for engine in made:
        engine.index([page(n, analyzer) for n in range(25)])
        engine.refresh()
    yield made
    for engine in made:
        engine.close()


def page(n, analyzer):
    """A page about a stretch of the question, with the stretch's first characters for a name."""
    text = QUESTION[n * 70 : n * 70 + 100 + n]
    concepts = analyzer.concepts.words(text)
    terms = {field: analyzer.segmenter.words(text) for field in WORD_FIELDS}
    terms |= {"title_concepts": concepts, "body_concepts": concepts, "bigrams": bigrams(text)}
    terms["names"] = whole_names([text[:1]], analyzer.concepts)
    body = " ".join(terms.pop("body"))
    return make_entry(
        f"d{n:02}", body, source="st"[n % 2], **{f"{field}_terms": " ".join(words) for field, words in terms.items()}
    )


def told(engine, legs, filters):
    """Per leg its documents' scores; the total; the counts."""
    found = engine.retrieve(legs, filters, 10, facets=("source",))
    return [{doc.doc_id: doc.score for doc in leg.docs} for leg in found.legs], found.total, found.counts


@pytest.mark.parametrize("filters", [Filters(), Filters(include={"source": ("s",)})])
@pytest.mark.parametrize("name", ["bm25", "hybrid"])
def test_a_long_question_is_answered_alike(engines, analyzer, name, filters):
    legs = [leg for _, leg in legs_of(ranking(name), read(QUESTION, analyzer))[0]]
    assert all(isinstance(leg, Match) and len(leg.terms) > MAX_QUERY_CHARS / 2 for leg in legs)
    embedded, elastic = (told(engine, legs, filters) for engine in engines)
    assert elastic[0] == [pytest.approx(scores, rel=1e-5) for scores in embedded[0]]
    assert elastic[1:] == embedded[1:] == (13 if filters else 25, {"source": {"s": 13, "t": 12}})
