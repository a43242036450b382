"""Ids in addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.document_ids import from_step, to_step

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.text("ab/.~%", min_size=1, max_size=8)


@given(IDS)
def test_every_id_is_one_step_that_no_browser_changes_and_reads_back(doc_id):
    step = to_step(doc_id)
    assert from_step(step) == doc_id
    assert not set(step) & set("/\\?#%&;= ")
    assert step not in (".", "..")


@pytest.mark.parametrize("doc_id", ["headache", "头痛", "a-b_c", "page.html", "3f2a"])
def test_plain_ids_stay_as_they_are(doc_id):
    assert to_step(doc_id) == doc_id


@pytest.mark.parametrize("step", ["a b", "~zz", "~2", "~61", "~FF", "a~2f", "a.b~2F", "..", "a/b"])
def test_what_is_written_otherwise_is_no_id(step):
    with pytest.raises(ValueError):
        from_step(step)


@pytest.mark.parametrize("path", ["/documents/~FF", "/documents/a%20b", "/documents/~zz/versions/1"])
def test_such_an_address_has_no_page(client, path):
    assert client.get(path).status_code == 404
