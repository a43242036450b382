"""Options for all tests."""

from pathlib import Path

import pytest

MODELS = Path("var/models")  # the encoder is built once for the checkout (`make test` does it first)


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
