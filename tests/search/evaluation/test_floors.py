"""Floors rise by themselves and fall only when told."""

import pytest

from search.errors import BadQuery
from search.evaluation.floors import below, read_floors, write_floors


def report(value):
    return {"rankings": {"hybrid": {"nDCG@10": value, "R@100": 1.0, "Success@1": 1.0}, "hybrid - bert": {"nDCG@10": 0.1}}}


def test_a_measure_below_its_floor_is_named():
    assert below(report(0.5), {"hybrid": {"nDCG@10": 0.6}}) == ["hybrid 的 nDCG@10 是 0.5000，低于底线 0.6000"]
    assert below(report(0.599), {"hybrid": {"nDCG@10": 0.6}}) == []


def test_floors_rise_and_do_not_fall_unasked(tmp_path):
    path = tmp_path / "floors.json"
    for value in (0.6, 0.7, 0.5):
        write_floors(path, report(value), allow_lower=False)
    assert read_floors(path)["hybrid"]["nDCG@10"] == 0.7
    write_floors(path, report(0.5), allow_lower=True)
    assert read_floors(path)["hybrid"]["nDCG@10"] == 0.5
    assert "hybrid - bert" not in read_floors(path)


def test_missing_floors_say_how_to_write_them(tmp_path):
    with pytest.raises(BadQuery, match="--set-floors"):
        read_floors(tmp_path / "none.json")
