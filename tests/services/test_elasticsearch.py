"""Where no server can be had, the reason says what to install."""

import pytest

from tests.services import elasticsearch
from tests.services.elasticsearch import ServiceMissing, find_java


def test_without_maven_the_reason_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(elasticsearch.shutil, "which", lambda name: None)
    with pytest.raises(ServiceMissing, match="apt-get install maven"):
        elasticsearch._download(tmp_path)


def test_without_a_java_the_reason_says_what_to_install(monkeypatch):
    monkeypatch.setattr(elasticsearch, "_java_version", lambda home: 17)
    with pytest.raises(ServiceMissing, match="set JAVA_HOME"):
        find_java()


def test_what_is_missing_skips_the_test_that_wants_it(monkeypatch):
    def missing():
        raise ServiceMissing("no mvn")

    monkeypatch.delenv(elasticsearch.GIVEN, raising=False)
    monkeypatch.setattr(elasticsearch, "find_java", missing)
    with pytest.raises(pytest.skip.Exception, match="no mvn"), elasticsearch.running_elasticsearch():
        raise AssertionError("there is no server")
