"""Percentiles, rounds and their spread; tasks timed in turns, so that noise falls on all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")

TURN = 10  # items that one task is given before the next task's turn: short against noise, long against a cold cache


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure's median over rounds, with the least and the greatest round."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of one value a round."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Series:
    """Milliseconds of one task: a list of its items' times for each round."""

    rounds: list[list[float]] = field(default_factory=list)

    def percentile(self, share: float) -> Spread:
        """The percentile of each round, spread over rounds."""
        return Spread.of([percentile(times, share) for times in self.rounds])

    def ratio(self, peer: "Series", share: float = 0.5) -> Spread:
        """How many times the peer's percentile, round by round."""
        pairs = zip(self.rounds, peer.rounds, strict=True)
        return Spread.of([percentile(own, share) / percentile(other, share) for own, other in pairs])


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies, interpolated linearly (type 7 of Hyndman and Fan, 1996; numpy's default)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def milliseconds(call: Callable[[], object]) -> float:
    """How long the call takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def in_turns(
    tasks: Mapping[str, Callable[[Item], object]], items: Sequence[Item], rounds: int, turn: int = TURN
) -> dict[str, Series]:
    """Every task over every item in every round, A B A B; whoever is first moves on with each turn. Warm up before."""
    found: dict[str, Series] = {name: Series() for name in tasks}
    names = list(tasks)
    for _ in range(rounds):
        for series in found.values():
            series.rounds.append([])
        for start in range(0, len(items), turn):
            names.append(names.pop(0))
            for name in names:
                task, times = tasks[name], found[name].rounds[-1]
                times.extend(_time(task, item) for item in items[start : start + turn])
    return found


def _time(task: Callable[[Item], object], item: Item) -> float:
    started = time.perf_counter()
    task(item)
    return (time.perf_counter() - started) * 1000
