"""The environment, read once."""

from pathlib import Path

import pytest

from search.errors import SearchError
from search.settings import Settings


def test_defaults_run_on_a_laptop_without_services():
    assert Settings.from_env({"PATH": "/bin"}).engine_url == "embedded:var/index"


def test_the_environment_overrides():
    settings = Settings.from_env({"XINGLIN_ENGINE": "http://es:9200/xinglin", "XINGLIN_VAR": "/srv/x", "XINGLIN_THREADS": "3"})
    assert (settings.engine_url, settings.var, settings.threads) == ("http://es:9200/xinglin", Path("/srv/x"), 3)


def test_an_unknown_setting_names_the_nearest():
    with pytest.raises(SearchError, match="XINGLIN_ENGIN 的设置；您是不是要写 XINGLIN_ENGINE"):
        Settings.from_env({"XINGLIN_ENGIN": "x"})


def test_an_unreadable_setting_says_which():
    with pytest.raises(SearchError, match="XINGLIN_THREADS='many'"):
        Settings.from_env({"XINGLIN_THREADS": "many"})


def test_what_a_child_process_is_told_is_what_its_parent_was():
    for settings in (Settings(), Settings("http://localhost:9200/x", Path("elsewhere"), "sentence_transformer:m", 3, "DEBUG")):
        assert Settings.from_env(settings.to_environ()) == settings
