"""An address and the parameters that it stands for."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import BadQuery
from search.query import FIELDS, Filters
from search.ranking import rankings
from web.params import LAST_PAGE, MAX_CHOICES, REPEATED, UNKNOWN, SearchParams, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.lists(TEXT.filter(bool), min_size=1, max_size=3, unique=True).map(tuple)
CHOICES = st.dictionaries(st.sampled_from(sorted(FIELDS)), VALUES, max_size=3)
PARAMS = st.builds(
    SearchParams,
    text=TEXT.map(str.strip),
    ranking=st.sampled_from(sorted(rankings())),
    include=CHOICES,
    exclude=CHOICES,
    sort=st.sampled_from([None, "date", "title"]),
    page=st.integers(1, 10**6),
    lang=st.sampled_from(["zh", "en"]),
)


def asked(address: str) -> SearchParams:
    return parse(parse_qs(urlsplit(address).query, keep_blank_values=True))


@given(PARAMS)
def test_an_address_reads_back_as_what_it_was_made_of(params):
    assert asked(params.url()) == params


@given(PARAMS, st.sampled_from(sorted(FIELDS)), TEXT.filter(bool))
def test_choosing_and_excluding_are_undone_by_dropping(params, name, value):
    for changed in (params.choosing(name, value), params.excluding(name, value)):
        assert value not in changed.dropping(name, value).include.get(name, ())
        assert value not in changed.dropping(name, value).exclude.get(name, ())
        assert changed.page == 1
    assert value in params.choosing(name, value).include[name]
    assert value not in params.choosing(name, value).exclude.get(name, ())
    assert value in params.excluding(name, value).exclude[name]


def test_what_is_as_usual_is_left_out_of_an_address():
    assert SearchParams().url() == "/search"
    assert SearchParams("头痛", lang="en").url("/x") == "/x?q=头痛&lang=en"


def test_repeated_values_are_or_and_not_excludes():
    params = asked("/search?q=a&department=x&department=y&department=x&not_kind=drug")
    assert params.query().filters == Filters({"department": ("x", "y")}, {"kind": ("drug",)})


def test_a_narrower_path_takes_the_place_of_its_parent():
    params = SearchParams(include={"department": ("内科", "外科")}).choosing("department", "内科/神经内科")
    assert params.include == {"department": ("外科", "内科/神经内科")}
    assert params.choosing("department", "内科").include == {"department": ("外科", "内科")}


def test_a_department_whose_name_begins_like_another_is_no_kin_of_it():
    params = SearchParams(include={"department": ("内科",)}).choosing("department", "内科门诊")
    assert params.include == {"department": ("内科", "内科门诊")}


def test_unknown_and_repeated_parameters_are_named():
    params = asked("/search?q=a&q=b&colour=red")
    assert (params.text, params.unknown, params.repeated) == ("a", ("colour",), ("q",))
    assert params.notices == ((UNKNOWN, "colour"), (REPEATED, "q"))


@pytest.mark.parametrize("query", ["page=x", "page=1e3", "page=" + "9" * 5000, "page=²", "sort=colour", "ranking=colour"])
def test_what_is_no_value_is_refused(query):
    with pytest.raises(BadQuery):
        asked(f"/search?q=a&{query}")


def test_too_many_filters_are_refused():
    values = "&".join(f"source={i}" for i in range(MAX_CHOICES + 1))
    with pytest.raises(BadQuery, match=str(MAX_CHOICES)):
        asked(f"/search?q=a&{values}")


@pytest.mark.parametrize(("page", "offset"), [("", 0), ("0", 0), ("-5", 0), ("3", 20), ("999999", (LAST_PAGE - 1) * 10)])
def test_no_page_is_before_the_first_or_beyond_what_can_be_paged(page, offset):
    assert asked(f"/search?q=a&page={page}").query().offset == offset


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), ("  ", True), ("😀", True), ("，。", True), ("痛", False), ("5", False)]
)
def test_what_holds_no_letter_is_blank(text, blank):
    assert SearchParams(text).blank is blank
    assert not SearchParams(text, include={"kind": ("drug",)}).blank
