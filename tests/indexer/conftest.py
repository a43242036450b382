"""One small encoder, and one index of the sample pages that tests copy, for all tests of the indexer's commands."""

import pytest

from tests.indexer.workplace import Tools, Workplace


@pytest.fixture(scope="session")
def tools(tmp_path_factory):
    return Tools(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def sampled(tmp_path_factory, tools):
    """The sample pages, loaded without interruption. To be copied, never changed."""
    place = Workplace(tmp_path_factory.mktemp("sampled"), tools)
    place.run("indexer", "load", "samples/pages")
    return place
