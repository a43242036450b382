"""What a view under /api says of itself: its parameters, its answer, an example. The description is made of these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from flask_babel import lazy_gettext as _

from search.query import FIELDS
from search.ranking import rankings
from search.searcher import MAX_QUERY_CHARS
from web.answers import letters
from web.answers.facets import FACETS, ORDERS
from web.params import HITS_A_PAGE, LANGUAGES, LAST_PAGE, MAX_CHOICES, NOT, SORTS

View = TypeVar("View", bound=Callable[..., Any])
STRING = {"type": "string"}
LONGEST_ID = 256  # bytes of a document's id


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; schema: of one value; `repeated` ones may be given more than once."""

    name: str
    meaning: str
    schema: Mapping[str, Any] = field(default_factory=lambda: STRING)
    where: Literal["query", "path"] = "query"
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One address: what it gives, the type of its answer, its parameters, an example's values, errors of its own."""

    summary: str
    body: type
    parameters: tuple[Parameter, ...]
    example: Mapping[str, str | int]
    errors: tuple[int, ...] = ()


OF_EVERY_ADDRESS: tuple[Parameter, ...] = (
    Parameter("lang", _("说明和错误用的语言"), {**STRING, "enum": list(LANGUAGES), "default": LANGUAGES[0]}),
)
TEXT = Parameter("q", _("要搜的话"), {**STRING, "maxLength": MAX_QUERY_CHARS})
FILTERS = (
    *(Parameter(name, _("只要这些值；写几个是“或”，不同的参数之间是“且”"), repeated=True) for name in FIELDS),
    *(Parameter(NOT + name, _("不要这些值"), repeated=True) for name in FIELDS),
)
RANKING = Parameter("ranking", _("排序方法"), {**STRING, "enum": list(rankings()), "default": "hybrid"})
SORT = Parameter("sort", _("不按相关，而按日期（新的在前）或标题的拼音"), {**STRING, "enum": list(SORTS)})
PAGE = Parameter(
    "page",
    _("第几页；超出的是最后一页"),
    {"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": 1},
)
SEARCH = (TEXT, RANKING, *FILTERS, SORT, PAGE)
DOCUMENT_ID = Parameter(
    "doc_id",
    _("文章的编号；字母、数字、- 和 _ 以外的字节写成 ~ 和两位十六进制数"),
    {**STRING, "minLength": 1, "maxLength": LONGEST_ID},
    "path",
)
MARKED = Parameter("q", _("标出这些话里的词"), {**STRING, "maxLength": MAX_QUERY_CHARS})
NUMBER = Parameter("number", _("版本号，从 1 数起"), {"type": "integer", "minimum": 1}, "path")
FACET = Parameter("name", _("筛选的名称"), {**STRING, "enum": list(FACETS)}, "path")
FIND = Parameter("find", _("只要名称里有这些字的值"))
ORDER = Parameter("order", _("值的顺序"), {**STRING, "enum": list(ORDERS), "default": ORDERS[0]})
BEGINNING = Parameter(
    "beginning", _("拼音、首字母或原文的开头"), {**STRING, "pattern": f"^{letters.BEGINNING.pattern}$"}, "path"
)
TYPED = Parameter("q", _("已经写下的字，拼音或首字母也行"))
LIMITS = {"hits": HITS_A_PAGE, "pages": LAST_PAGE, "filters": MAX_CHOICES}


def operation(
    summary: str, body: type, *parameters: Parameter, errors: tuple[int, ...] = (), **example: str | int
) -> Callable[[View], View]:
    """Describe the view."""

    def describe(view: View) -> View:
        view.operation = Operation(summary, body, parameters, example, errors)  # type: ignore[attr-defined]
        return view

    return describe
