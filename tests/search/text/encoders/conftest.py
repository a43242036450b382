import os
from pathlib import Path

import pytest

from search.text.encoders.build import build_bert
from search.text.encoders.onnx import OnnxEncoder


@pytest.fixture(scope="session")
def models_dir():
    """Where the model is built once for the whole checkout."""
    return Path(os.environ.get("XINGLIN_TEST_MODELS", "var/models"))


@pytest.fixture(scope="session")
def bert_folder(models_dir):
    return build_bert(models_dir)


@pytest.fixture(scope="session")
def encoder(bert_folder):
    return OnnxEncoder(bert_folder, threads=2)
