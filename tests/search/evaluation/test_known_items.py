"""Names as queries."""

from search.evaluation.known_items import known_items


def test_a_name_is_judged_for_every_page_that_bears_it():
    found = known_items([("头痛", "a"), ("头疼", "a"), ("头痛", "b"), (" ", "c")], 10)
    assert {found.queries[query_id]: set(judged) for query_id, judged in found.qrels.items()} == {
        "头痛": {"a", "b"},
        "头疼": {"a"},
    }


def test_so_many_are_chosen_and_always_the_same():
    pairs = [(f"n{i}", f"d{i}") for i in range(100)]
    assert len(known_items(pairs, 7).queries) == 7
    assert known_items(pairs, 7) == known_items(reversed(pairs), 7)
