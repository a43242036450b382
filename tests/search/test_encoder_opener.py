"""The process's encoder: opened once, never waited for long, and tried again when it could not be opened."""

import threading

import pytest

from search import bootstrap
from search.bootstrap import EncoderOpener
from search.errors import ModelUnusable


def test_threads_that_ask_together_get_the_one_that_was_opened():
    opened = []
    encoder = EncoderOpener(lambda: opened.append(object()) or opened[-1])
    found = []
    threads = [threading.Thread(target=lambda: found.append(encoder())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1 and found == opened * 8


def test_what_could_not_be_opened_is_not_looked_at_again_for_every_query(monkeypatch):
    tries = []

    def broken():
        tries.append(1)
        raise ModelUnusable("cut short")

    encoder = EncoderOpener(broken)
    for _ in range(20):
        with pytest.raises(ModelUnusable, match="cut short"):
            encoder()
    assert len(tries) == 1
    monkeypatch.setattr(bootstrap, "RETRY_SECONDS", 0.0)
    with pytest.raises(ModelUnusable):
        encoder()
    assert len(tries) == 2


def test_while_one_thread_opens_it_others_do_without(monkeypatch):
    monkeypatch.setattr(bootstrap, "PATIENCE_SECONDS", 0.01)
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert go_on.wait(10)
        return "encoder"

    encoder = EncoderOpener(slow)
    first = threading.Thread(target=encoder)
    first.start()
    assert begun.wait(10)
    with pytest.raises(ModelUnusable, match="还在准备"):
        encoder()
    go_on.set()
    first.join()
    assert encoder() == "encoder"
