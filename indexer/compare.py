"""CBOW and skip-gram side by side on the loaded corpus (Mikolov et al., 2013): which of the two is installed, and why."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from unicodedata import east_asian_width

from indexer.model_quality import Corpus, Measured, own_pages_found, synonyms_found
from indexer.resampling import Interval, interval
from indexer.word_vectors import better_mean
from search.errors import SearchError
from search.text.concepts import read_synonyms
from search.text.encoders import word2vec
from search.text.encoders.word2vec import METHODS, MIN_COUNT, TOO_FEW_TOKENS, Method, WordVectors
from search.text.segment import LEXICON

MEASURES = {"synonyms": "最近 10 个词里有同义词", "own_pages": "标题的词找到本文，前 10"}
CASES = {"synonyms": "组", "own_pages": "篇"}
WIDTHS = (26, 24, 24, 26)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, how long its training took, and what it is worth by each of MEASURES."""

    method: Method
    seconds: float
    model: WordVectors
    measured: Mapping[str, Measured]

    @property
    def means(self) -> dict[str, Interval | None]:
        """The mean of each measure; None where the corpus holds no case of it."""
        return {name: interval(found.values) if len(found.values) else None for name, found in self.measured.items()}


@dataclass(frozen=True)
class Comparison:
    """The usual method and its rival, trained on so many words of text."""

    tokens: int
    usual: Trained
    rival: Trained

    @cached_property
    def differences(self) -> dict[str, Interval | None]:
        """Rival less usual, paired by cases."""
        pairs = {name: (found.values, self.usual.measured[name].values) for name, found in self.rival.measured.items()}
        return {name: interval(rival - usual) if len(usual) else None for name, (rival, usual) in pairs.items()}

    @property
    def kept(self) -> Trained:
        """The rival where one measure says that it is better and none that it is worse, beyond chance; else the usual one."""
        return self.rival if self._named(1) and not self._named(-1) else self.usual

    @property
    def reason(self) -> str:
        """Why that one is kept."""
        better, worse = self._named(1), self._named(-1)
        rival, usual = self.rival.method, self.usual.method
        if not better:
            return f"保留 {usual}：{rival} 没有一项显著更好" + (f"，{worse}显著更差" if worse else "")
        if worse:
            return f"保留 {usual}：{rival} 的{better}显著更好，但{worse}显著更差"
        return f"保留 {rival}：{better}显著更好，没有一项显著更差；以后的 fit 也用它"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "tokens": self.tokens,
            "too_few_tokens": self.tokens < TOO_FEW_TOKENS,
            "methods": {one.method: _trained(one) for one in (self.usual, self.rival)},
            "differences": {name: found and found.rounded() for name, found in self.differences.items()},
            "kept": self.kept.method,
            "reason": self.reason,
        }

    def to_text(self) -> str:
        """A table for a terminal."""
        both = (self.usual, self.rival)
        rows = [
            ("", *(one.method for one in both), f"{self.rival.method} − {self.usual.method}"),
            ("训练用时", *(f"{one.seconds:.1f} 秒" for one in both), f"{self.rival.seconds / self.usual.seconds:.1f} 倍"),
            ("词表", *(f"{len(one.model.words):,} 词" for one in both), ""),
            *(
                (says, *(_shown(one.means[name]) for one in both), _shown(self.differences[name]))
                for name, says in MEASURES.items()
            ),
            ("去掉共同方向", *("是" if one.model.made["common_removed"] else "否" for one in both), ""),
        ]
        lines = [_line(cells) for cells in rows]
        lines += [f"{says}：{self._cases(name)}" for name, says in MEASURES.items()]
        lines.append("方括号：95 % 自助法区间；最后一列逐例配对，不含 0 才算显著。")
        if self.tokens < TOO_FEW_TOKENS:
            lines.append(f"语料只有 {self.tokens:,} 词，少于 {TOO_FEW_TOKENS:,} 词，词向量大多不可靠。")
        return "\n".join([*lines, f"{self.reason}。"])

    def _named(self, sign: int) -> str:
        """The measures whose difference lies on that side of 0."""
        return "、".join(f"“{MEASURES[name]}”" for name, found in self.differences.items() if found and found.sign == sign)

    def _cases(self, name: str) -> str:
        found = self.usual.measured[name]
        return f"{len(found.values):,} {CASES[name]}，随机 {found.chance:.4f}" if len(found.values) else "语料里没有可量的"


def compare_methods(corpus: Corpus, tokens: int) -> Comparison:
    """Train both ways and measure both; minutes for ten million words, of which skip-gram takes the most."""
    canonical = read_synonyms(LEXICON / "synonyms.txt")
    word2vec.get_ready()
    usual, rival = (_train(method, corpus, canonical) for method in METHODS)
    return Comparison(tokens, usual, rival)


def _train(method: Method, corpus: Corpus, canonical: Mapping[str, str]) -> Trained:
    started = time.monotonic()
    plain = word2vec.train(corpus.texts, method)
    seconds = time.monotonic() - started
    if not plain:
        raise SearchError(f"没有一个词出现 {MIN_COUNT} 次，训练不了 word2vec，也就没有可比的；请先读入更多文章")
    model = better_mean(plain, corpus)
    return Trained(
        method, seconds, model, {"synonyms": synonyms_found(model, canonical), "own_pages": own_pages_found(model, corpus)}
    )


def _trained(one: Trained) -> dict[str, Any]:
    means = one.means
    return {
        "seconds": round(one.seconds, 1),
        "words": len(one.model.words),
        "common_removed": one.model.made["common_removed"],
        **{
            name: {
                **(mean.rounded() if (mean := means[name]) else {}),
                "cases": len(found.values),
                "chance": round(found.chance, 4),
            }
            for name, found in one.measured.items()
        },
    }


def _shown(found: Interval | None) -> str:
    return f"{found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]" if found else "—"


def _line(cells: tuple[str, ...]) -> str:
    return "".join(_pad(cell, width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _pad(text: str, width: int) -> str:
    """Filled up with spaces; a Chinese character takes two columns."""
    return text + " " * (width - sum(2 if east_asian_width(char) in "WF" else 1 for char in text))
