"""What things are called on a page."""

from search.document import KINDS as STORED_KINDS
from search.query import FIELDS
from search.ranking import leg_fields, rankings
from web.labels import FACETS, KINDS, LEGS, RANKINGS


def test_everything_that_a_page_can_show_has_a_name():
    assert set(rankings()) <= set(RANKINGS)
    assert set(leg_fields()) <= set(LEGS)
    assert set(FIELDS) <= set(FACETS)
    assert set(STORED_KINDS) <= set(KINDS)
