import numpy as np
import pytest

from search.errors import ModelUnusable
from search.text.encoders import e5s1
from tests.search.text.encoders.weight_files import SIZES, weight_file


def write(tmp_path, content):
    path = tmp_path / "weights.bin"
    path.write_bytes(content)
    return path


def test_low_nibbles_are_the_first_half_of_a_block_and_eight_is_zero(tmp_path):
    block = np.float16(0.5).tobytes() + bytes([0x0F] + [0x88] * 15)
    weights = e5s1.read(write(tmp_path, weight_file([("m", 1, 32, block)])))
    (row,) = weights.matrix("m", 32)
    assert row[0] == (15 - 8) * 0.5
    assert row[16] == (0 - 8) * 0.5
    assert not row[1:16].any()
    assert not row[17:].any()


def test_pieces_come_with_their_scores_and_vectors_as_they_are(tmp_path):
    weights = e5s1.read(write(tmp_path, weight_file([("v", 0, 2, np.array([1.5, -2], "<f4").tobytes())], ["<s>", "痛"])))
    assert weights.pieces == [("<s>", 0.0), ("痛", -1.0)]
    assert weights.vector("v").tolist() == [1.5, -2]
    assert weights.sizes == e5s1.Sizes(*SIZES, np.float32(1e-12))


@pytest.mark.parametrize("kept", [0, 3, 20, 60, -1])
def test_a_file_cut_short_says_what_to_do(tmp_path, kept):
    whole = weight_file([("v", 0, 2, bytes(8))])
    with pytest.raises(ModelUnusable, match=r"weights\.bin 已损坏或不完整.*重新安装"):
        e5s1.read(write(tmp_path, whole[:kept]))


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(ModelUnusable, match="begins with b'GGUF'"):
        e5s1.read(write(tmp_path, weight_file([], magic=b"GGUF")))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelUnusable, match=r"absent\.bin"):
        e5s1.read(tmp_path / "absent.bin")


def test_a_missing_tensor_is_named(tmp_path):
    weights = e5s1.read(write(tmp_path, weight_file([])))
    with pytest.raises(ModelUnusable, match=r"l0\.q\.w"):
        weights.matrix("l0.q.w", 32)
