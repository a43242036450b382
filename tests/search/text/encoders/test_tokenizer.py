import pytest

from search.text.encoders.manifest import TOKENIZER
from search.text.encoders.tokenizer import load_tokenizer


@pytest.fixture(scope="module")
def tokenizer(bert_folder):
    return load_tokenizer(bert_folder / TOKENIZER)


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("ＣＴ检查", "CT检查"),
        ("头\x00痛\x07", "头痛"),
        ("头痛\n发热", "头痛 发热"),
        ("头痛\u3000\u200b 发热", "头痛 发热"),
        ("㎎", "mg"),
    ],
)
def test_forms_of_one_text_give_the_same_tokens(tokenizer, written, same_as):
    assert tokenizer.encode(written).ids == tokenizer.encode(same_as).ids


def test_a_text_stands_between_the_marks_of_xlm_r(tokenizer):
    assert tokenizer.encode("query: 头痛").tokens == ["<s>", "▁que", "ry", ":", "▁", "头", "痛", "</s>"]


def test_a_long_text_is_cut_and_still_ends_with_its_mark(tokenizer):
    tokens = tokenizer.encode("头" * 100_000).tokens
    assert len(tokens) == 512
    assert tokens[-1] == "</s>"
