import pytest

from indexer.readers.powers import raised


@pytest.mark.parametrize(
    ("text", "shown"), [("9", "⁹"), ("-12", "⁻¹²"), ("+", "⁺"), ("[3]", ""), ("［1-4,7］", ""), ("®", "®"), ("上", "上")]
)
def test_powers_are_raised_and_numbers_of_references_go(text, shown):
    assert raised(text) == shown
