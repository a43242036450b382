"""Options for all tests, and the samples loaded once for those that search them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.bootstrap import make_searcher, open_engine
from search.searcher import Searcher
from search.settings import Settings

ROOT = Path(__file__).parents[1]
MODELS = Path("var/models")  # the encoder is built once for the checkout


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--services-required", action="store_true", help="a skipped test of a real service is a failure")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    real = item.get_closest_marker("service") or item.get_closest_marker("torch")
    if report.skipped and real and item.config.getoption("--services-required"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --services-required: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def models_dir() -> Path:
    return MODELS


@pytest.fixture(scope="session")
def samples_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index of the sample pages, loaded by the command that a person types; vectors are cached in var."""
    settings = Settings(engine=f"embedded:{tmp_path_factory.mktemp('samples') / 'index'}", var=ROOT / "var")
    run_command(settings, "indexer", "load", "samples/pages")
    return settings


@pytest.fixture(scope="session")
def samples(samples_settings: Settings) -> Iterator[Searcher]:
    """A searcher over the sample pages, with the real encoder and fitted models."""
    engine = open_engine(samples_settings)
    yield make_searcher(samples_settings, engine)
    engine.close()


def run_command(settings: Settings, *command: str, **values) -> subprocess.CompletedProcess[str]:
    """`python -m COMMAND` in a process of its own, with these settings; what it printed."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("XINGLIN_")}
    environ |= {"XINGLIN_ENGINE": settings.engine_url, "XINGLIN_VAR": str(settings.var), "PYTHONUTF8": "1"}
    values = {"capture_output": True, "text": True, "check": True, "cwd": ROOT, "env": environ} | values
    return subprocess.run([sys.executable, "-m", *command], **values)
