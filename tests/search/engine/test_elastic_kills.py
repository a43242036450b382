"""Rebuilds killed at random, seeded, printed moments while other processes write: nothing acknowledged is lost or comes twice."""

import itertools
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import pytest

from search.document import IndexEntry
from search.engine.elastic import marker
from search.engine.elastic.engine import ElasticEngine
from search.errors import EngineUnavailable, MappingMismatch
from search.query import Filters, Match
from tests.factories import make_entry

pytestmark = [pytest.mark.service, pytest.mark.failure]

LEASE = 1.0
IDS = 12  # of each writer: few, so that the same one is written often
SPAWN = multiprocessing.get_context("spawn")


def write_for_ever(url: str, name: str, told: Connection) -> None:
    """In a child process: writes and deletes its own ids; tells (id, number, or 0 for deleted) once it is acknowledged."""
    marker.LEASE_SECONDS = LEASE
    engine, rng = ElasticEngine(url), random.Random(name)
    for number in itertools.count(1):
        if told.poll():
            break
        doc_id = f"{name}{rng.randrange(IDS):02}"
        if rng.random() < 0.2:
            engine.delete([doc_id])
            told.send((doc_id, 0))
            continue
        try:
            engine.index([make_entry(doc_id, "x", version=number, models=engine.generation().models)])
            told.send((doc_id, number))
        except MappingMismatch:
            continue
    told.send(None)


def rebuild_once(url: str, turn: int) -> None:
    """In a child process: one rebuild, slow enough to be killed anywhere."""
    marker.LEASE_SECONDS = LEASE
    models = {"text": f"turn{turn}"}

    def rederive(entries: Sequence[IndexEntry]) -> list[IndexEntry]:
        return [make_entry(entry.doc_id, "x", version=entry.version, models=models) for entry in entries]

    engine = ElasticEngine(url)
    with engine.rebuild(models, rederive) as fresh:
        for entry in engine.scan():
            fresh.index(rederive([entry]))
            time.sleep(0.01)


def gather(pipes: Sequence[Connection]) -> dict[str, int]:
    """Ends the writers; what each id was last acknowledged with."""
    told: dict[str, int] = {}
    for pipe in pipes:
        pipe.send("end")
    for pipe in pipes:
        while (message := pipe.recv()) is not None:
            told[message[0]] = message[1]
    return told


@pytest.mark.parametrize("seed", [1, 2])
def test_rebuilds_killed_anywhere_lose_nothing(elasticsearch_url, seed):
    url = f"{elasticsearch_url}/kills-{os.getpid()}-{seed}"
    engine, rng = ElasticEngine(url), random.Random(seed)
    engine.index([make_entry("start", "x")])
    pairs = [SPAWN.Pipe() for _ in range(2)]
    writers = [SPAWN.Process(target=write_for_ever, args=(url, "ab"[n], pairs[n][1])) for n in range(2)]
    for writer in writers:
        writer.start()
    outcomes = []
    for turn in range(12):
        child = SPAWN.Process(target=rebuild_once, args=(url, turn))
        child.start()
        moment = rng.uniform(0.5, 3.0)
        child.join(moment)
        if child.is_alive() and child.pid:
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        outcomes.append((round(moment, 2), child.exitcode, engine.generation().name))
        print(f"turn {turn}: after {moment:.2f} s, exit {child.exitcode}, live {outcomes[-1][2]}")
        time.sleep(LEASE + 0.1 if rng.random() < 0.7 else 0)
    acknowledged = gather([ours for ours, _ in pairs])
    for writer in writers:
        writer.join()
    engine.refresh()
    stored = {entry.doc_id: entry.version for entry in engine.scan()}
    assert stored == {"start": 1} | {doc_id: number for doc_id, number in acknowledged.items() if number}, outcomes
    assert engine.retrieve([Match("body", ("x",))], Filters(), 5).total == len(stored)
    assert {entry.models["text"] for entry in engine.scan()} == {engine.generation().models["text"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marker, "LEASE_SECONDS", LEASE)
        finish(engine, url)


def finish(engine: ElasticEngine, url: str) -> None:
    """After all killing a rebuild still works, and leaves one generation."""
    before = len(list(engine.scan()))
    for _ in range(20):
        try:
            rebuild_once(url, 99)
            break
        except EngineUnavailable:
            time.sleep(LEASE / 4)
    assert engine.generation().models == {"text": "turn99"}
    assert len(list(engine.scan())) == before
    assert len(engine.generations.names()) == 1
