"""What a text states of itself in lines of its own (别名：… 就诊科室：… 发布时间：…) and in its title -> Facts and dates.

Conservative: a sentence in passing states nothing, and what is stated twice and differently is left open.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from indexer.readers.departments import paths
from indexer.readers.rows import read_date
from search.document import Document, Facts

MAX_LINE = 200  # characters of a line that states something: a longer one is running text
MAX_NAME = 30  # characters of another name

_LABELS = {  # in both scripts
    "aliases": "别名 别称 又名 又称 俗称 俗名 其他名称 其它名称 曾用名 同义词 商品名 商品名称 別名 別稱 又稱 俗稱",
    "departments": "就诊科室 就诊科 所属科室 挂号科室 推荐科室 建议就诊科室 首诊科室 就医科室 挂什么科 科室 就診科別 科別",
    "published": "发布时间 发布日期 发表时间 发表日期 公布日期 公开日期 发文日期 印发日期 成文日期 出版日期"
    " 發布日期 發佈日期 發布時間 發佈時間",
    "updated": "更新时间 更新日期 最后更新 最近更新 修订日期 更新時間",
    "effective": "施行日期 实施日期 生效日期 施行时间 实施时间 执行日期",
    "drug": "药品名称 通用名 通用名称 藥品名稱",
}
_FIELD = {label: name for name, labels in _LABELS.items() for label in labels.split()}
_ALIAS = "|".join(_LABELS["aliases"].split())

_NEXT_LABEL = re.compile(r"[\s|｜]+(?=[^\s：:|｜]{2,8}[：:])")
_LABELLED = re.compile(r"[【\[]?([^：:【】\[\]]{2,12})(?:[】\]]\s*[：:]?|[：:])\s*(.*)")
_TITLE_ALIASES = re.compile(rf"\s*[（(]\s*(?:{_ALIAS})\s*[：:]?\s*([^（）()]+)[)）]\s*$")
_GUIDELINE = re.compile(  # not every 指南 is one: 就医指南, 用药指南 and 饮食指南 are advice for patients
    r"(?:诊疗|诊治|诊断|治疗|防治|预防|管理|临床|实践|应用)\s?指南|(?:诊疗|防控)方案|(?:诊疗|诊治|防治)规范|专家共识|共识意见"
    r"|(?:诊疗|诊治|诊断|治疗)共识|临床路径"
)
_ABOUT_ONE = re.compile(r"解读|问答|答记者问|培训|通知|会议|要点")  # what tells of a guideline is none
_NO_NAME = re.compile(r"[。！？!?：:]|^(?:无|暂无|不详|未知|没有|暂无数据|其他|其它)$")
_BETWEEN_NAMES = re.compile(  # N,N-二甲基 and Guillain-Barre syndrome are one name each
    r"[、，；;|]|(?<=[\u4e00-\u9fff）)])[\s/,]+(?=[\u4e00-\u9fff])"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """Facts and dates, each empty where nothing is stated; `updated_at` serves where no publication is."""

    facts: Facts = field(default_factory=Facts)
    published_at: date | None = None
    updated_at: date | None = None

    def dates(self) -> "Stated":
        """The dates alone."""
        return Stated(published_at=self.published_at, updated_at=self.updated_at)


def read(title: str, lines: Iterable[str]) -> Stated:
    """What the title and the labelled lines state."""
    found: dict[str, set[Any]] = {name: set() for name in _LABELS}
    for name, value in _labelled(lines):
        found[name].add(_value(name, value))
    facts = Facts(
        kind=_kind(title, bool(found["drug"] - {""})),
        departments=_only(found["departments"], ()),
        aliases=_only(found["aliases"], ()) or title_aliases(title),
        effective_on=_only(found["effective"], None),
    )
    return Stated(facts, _only(found["published"], None), _only(found["updated"], None))


def completed(document: Document, *stated: Stated) -> Document:
    """The document with what it leaves empty from the first that states it."""
    facts = document.facts
    for one in stated:
        given = {name: getattr(one.facts, name) for name in _EMPTY if getattr(facts, name) == _EMPTY[name]}
        facts = replace(facts, **given)
    dates = (document.published_at, *(one.published_at for one in stated), *(one.updated_at for one in stated))
    return replace(document, facts=facts, published_at=next(filter(None, dates), None))


def names(text: str) -> tuple[str, ...]:
    """The names that a text lists, each once; sentences and 暂无 are none."""
    listed = (name.strip().removesuffix("等").strip() for name in _BETWEEN_NAMES.split(text.strip().rstrip("。；;")))
    return tuple(dict.fromkeys(name for name in listed if 0 < len(name) <= MAX_NAME and not _NO_NAME.search(name)))


def title_aliases(title: str) -> tuple[str, ...]:
    """The names in brackets at the end of 感冒（别名：上感，伤风）."""
    found = _TITLE_ALIASES.search(title)
    return names(found[1]) if found else ()


def without_aliases(title: str) -> str:
    """The title without those."""
    return _TITLE_ALIASES.sub("", title) or title


_EMPTY = {one.name: one.default for one in fields(Facts)}


def _labelled(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The fields of the labels that lines begin with, or that follow another on its line, and what stands after them."""
    for line in lines:
        if len(line) <= MAX_LINE:
            for part in _NEXT_LABEL.split(line.strip()):
                labelled = _LABELLED.fullmatch(part)
                if labelled and (name := _FIELD.get(re.sub(r"\s", "", labelled[1]))):
                    yield name, labelled[2].strip()


def _value(name: str, text: str) -> Any:
    if name == "aliases":
        return names(text)
    if name == "departments":
        return paths(text)
    return text if name == "drug" else read_date(text)


def _only(values: set[Any], empty: Any) -> Any:
    """The one value that is stated; empty where there is none, or another one beside it."""
    stated = values - {empty}
    return stated.pop() if len(stated) == 1 else empty


def _kind(title: str, is_drug: bool) -> str:
    if _GUIDELINE.search(title) and not _ABOUT_ONE.search(title):
        return "guideline"
    return "drug" if is_drug else ""
