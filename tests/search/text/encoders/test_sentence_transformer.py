import builtins

import numpy as np
import pytest

from search.errors import ModelUnusable
from search.text.encoders.sentence_transformer import SentenceTransformerEncoder, prefixes

SUBJECTS = ["孩子", "老人", "孕妇", "高血压患者", "我的头", "小腿", "胃", "嗓子", "眼睛", "皮肤"]
COMPLAINTS = ["很痛", "反复发热", "肿了三天", "夜里咳嗽", "又麻又胀", "起了红疹"]
QUESTIONS = ["怎么办？", "要不要去医院？", "能吃布洛芬吗？", "是什么原因引起的？", "，体温37.8℃。"]


@pytest.mark.parametrize(
    ("prompts", "name", "query", "passage"),
    [
        ({"query": "问：", "passage": "文："}, "some/e5", "问：", "文："),
        ({"query": "", "document": "文："}, "model", "", "文："),
        ({"query": "", "document": ""}, "intfloat/multilingual-e5-small", "query: ", "passage: "),
        ({}, "/models/e5-base", "query: ", "passage: "),
        ({}, "BAAI/bge-small-zh", "", ""),
    ],
)
def test_prefixes_are_the_models_own_and_e5s_only_for_e5(prompts, name, query, passage):
    assert prefixes(prompts, name) == {"query": query, "passage": passage}


def test_without_the_package_the_pip_line_is_named(monkeypatch):
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name == "sentence_transformers":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ModelUnusable, match="pip install sentence-transformers=="):
        SentenceTransformerEncoder("some/model")


@pytest.fixture(scope="module")
def torch_encoder(bert_folder):
    pytest.importorskip("sentence_transformers", reason="needs torch: pip install -r requirements.txt")
    return SentenceTransformerEncoder(str(bert_folder))


@pytest.mark.torch
def test_the_quantised_model_agrees_with_the_exact_weights_in_the_same_folder(encoder, torch_encoder):
    texts = [subject + complaint + question for subject in SUBJECTS for complaint in COMPLAINTS for question in QUESTIONS]
    close = (encoder.encode(texts, "query") * torch_encoder.encode(texts, "query")).sum(axis=1)
    assert len(texts) == 300
    assert close.min() > 0.999


@pytest.mark.torch
def test_odd_texts_agree_nearly_as_well(encoder, torch_encoder):
    # one token over and over is the worst case: its rounding errors are all alike, and nothing averages them away
    texts = ["", "😷🤒", "\x00\x07", "\ud800", "头痛" * 2000]
    close = (encoder.encode(texts, "passage") * torch_encoder.encode(texts, "passage")).sum(axis=1)
    assert close.min() > 0.998


@pytest.mark.torch
def test_its_vectors_have_unit_length_and_repeat_under_one_fingerprint(torch_encoder, bert_folder):
    again = SentenceTransformerEncoder(str(bert_folder))
    assert again.fingerprint == torch_encoder.fingerprint
    vectors = torch_encoder.encode(["头痛", "发热"], "query")
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert torch_encoder.encode([], "query").shape == (0, torch_encoder.dims)


@pytest.mark.torch
def test_a_model_that_is_nowhere_is_named(tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs torch: pip install -r requirements.txt")
    with pytest.raises(ModelUnusable, match="打不开"):
        SentenceTransformerEncoder(str(tmp_path / "absent"))
