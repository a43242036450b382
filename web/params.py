"""The parameters of a search page: a request's arguments to a value, and back to an address. Knows no Flask."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast, get_args
from urllib.parse import quote_plus

from search.errors import BadQuery
from search.query import FIELDS, MAX_PAGING, Filters, Query, Sort
from search.ranking import ranking

HITS_A_PAGE = 10
LAST_PAGE = MAX_PAGING // HITS_A_PAGE
MAX_CHOICES = 100  # values to filter by, in one address
NOT = "not_"  # before a field's name: leave these out
LANGUAGES = ("zh", "en")
SORTS: tuple[Sort, ...] = get_args(Sort)
SHARED = ("lang", "page", "print")  # what every page takes
PATHS = frozenset({"department"})  # fields whose values are paths
NAMED = 5  # unknown parameters that are named; a notice is no place for a thousand
UNKNOWN, REPEATED = "不认识的参数“%(name)s”，没有用到。", "“%(name)s”写了不止一次，只用了第一个。"

_SPECIAL = re.compile(r"[^\w.~-]+")  # all that is no letter or digit of any script

Choices = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SearchParams:
    """What an address asks for. A field's values are OR, fields are AND, `exclude` leaves out; pages count from 1."""

    text: str = ""
    ranking: str = "hybrid"
    include: Choices = field(default_factory=dict)
    exclude: Choices = field(default_factory=dict)
    sort: Sort | None = None
    page: int = 1
    lang: str = "zh"
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        """The chosen and the excluded values."""
        return Filters(dict(self.include), dict(self.exclude))

    @property
    def blank(self) -> bool:
        """Whether there is nothing to search by: no letter, digit or Chinese character, and no filter."""
        return not self.filters and not any(map(str.isalnum, self.text))

    @property
    def offset(self) -> int:
        """Hits before this page; never beyond what can be paged through."""
        return (min(self.page, LAST_PAGE) - 1) * HITS_A_PAGE

    @property
    def notices(self) -> tuple[tuple[str, str], ...]:
        """Sentences about what the address says and nobody used, each with the `name` that stands in it."""
        return (*((UNKNOWN, name) for name in self.unknown[:NAMED]), *((REPEATED, name) for name in self.repeated))

    def query(self) -> Query:
        """The search for one page of hits."""
        return Query(self.text, self.filters, self.sort, HITS_A_PAGE, self.offset)

    def choosing(self, name: str, value: str) -> "SearchParams":
        """With one more value of a field, from the first page; a path takes the place of its parents and children."""
        left = self.dropping(name, value)
        if name in PATHS:
            kin = (
                one
                for one in left.include.get(name, ())
                if f"{one}/".startswith(f"{value}/") or f"{value}/".startswith(f"{one}/")
            )
            for one in kin:
                left = left.dropping(name, one)
        return replace(left, include=_with(left.include, name, value))

    def excluding(self, name: str, value: str) -> "SearchParams":
        """Without a value of a field, from the first page; it is no longer chosen."""
        left = self.dropping(name, value)
        return replace(left, exclude=_with(left.exclude, name, value))

    def dropping(self, name: str, value: str) -> "SearchParams":
        """With this value neither chosen nor excluded, from the first page."""
        return replace(self, include=_less(self.include, name, value), exclude=_less(self.exclude, name, value), page=1)

    def unfiltered(self) -> "SearchParams":
        """Without any filter, from the first page."""
        return replace(self, include={}, exclude={}, page=1)

    def url(self, path: str = "/search", **changes: object) -> str:
        """The address that asks for this, with some fields changed; what is as usual is left out."""
        changed: SearchParams = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        return address(path, changed.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """The address's parameters, as a form would send them in hidden fields."""
        usual = SearchParams()
        pairs = [("q", self.text), ("ranking", self.ranking if self.ranking != usual.ranking else "")]
        pairs += [(name, value) for name in FIELDS for value in self.include.get(name, ())]
        pairs += [(NOT + name, value) for name in FIELDS for value in self.exclude.get(name, ())]
        pairs += [("sort", self.sort or ""), ("page", str(self.page) if self.page != usual.page else "")]
        pairs.append(("lang", self.lang if self.lang != usual.lang else ""))
        return [(name, value) for name, value in pairs if value]


def address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A path with parameters. Chinese stays Chinese: browsers encode it, and a page with a hundred links is a third of the size."""
    given = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    return f"{path}?{given}" if given else path


def parse(args: Mapping[str, Sequence[str]], also: Iterable[str] = ()) -> SearchParams:
    """The parameters of a request; `also`: names that its page knows besides. BadQuery says which value is none."""
    choices = {*FIELDS, *(NOT + name for name in FIELDS)}
    single = ("q", "ranking", "sort", *SHARED, *also)
    if sum(len(values) for name, values in args.items() if name in choices) > MAX_CHOICES:
        raise BadQuery("筛选值太多；一次最多 %(most)s 个。", most=MAX_CHOICES)
    given = {name: values[0] for name, values in args.items() if values}
    return SearchParams(
        text=given.get("q", "").strip(),
        ranking=ranking(given.get("ranking") or SearchParams().ranking).name,
        include={name: _values(args[name]) for name in FIELDS if _values(args.get(name, ()))},
        exclude={name: _values(args[NOT + name]) for name in FIELDS if _values(args.get(NOT + name, ()))},
        sort=_sort(given.get("sort", "")),
        page=page_number(given.get("page", "")),
        lang=language(given.get("lang", "")),
        unknown=tuple(name for name in args if name not in choices and name not in single),
        repeated=tuple(name for name in single if len(args.get(name, ())) > 1),
    )


def page_number(given: str) -> int:
    """A page's number; what is too small is the first page. BadQuery where it is no number."""
    if not given:
        return 1
    if not (given.isascii() and given.removeprefix("-").isdigit() and len(given) <= 9):
        raise BadQuery("page=%(given)s 不是页码；请写 1 到 %(last)s 的数。", given=given[:20], last=LAST_PAGE)
    return max(1, int(given))


def language(given: str) -> str:
    """The language of a page; Chinese where it is not one of ours."""
    return given if given in LANGUAGES else LANGUAGES[0]


def _quoted(text: str) -> str:
    return _SPECIAL.sub(lambda match: quote_plus(match[0]), text)


def _sort(given: str) -> Sort | None:
    if given and given not in SORTS:
        raise BadQuery("sort=%(given)s 不是排序；可选：%(known)s。", given=given[:20], known=" ".join(SORTS))
    return cast(Sort, given) if given else None


def _values(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in given if value))


def _with(choices: Choices, name: str, value: str) -> Choices:
    return {**choices, name: (*choices.get(name, ()), value)}


def _less(choices: Choices, name: str, value: str) -> Choices:
    left = {key: tuple(one for one in values if (key, one) != (name, value)) for key, values in choices.items()}
    return {key: values for key, values in left.items() if values}
