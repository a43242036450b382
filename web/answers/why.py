"""Why a hit is there: what each leg gave, the words that were found, and the passage that is nearest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.marks import IN_TITLE
from search.query import WORD_FIELDS, Hit, Reason
from search.ranking import leg_fields
from search.text.normalize import fold
from web.answers.layout import Place, place
from web.answers.pieces import Offsets, Piece, joined, pieces

WORDS = frozenset({*WORD_FIELDS, "tfidf"})  # fields whose legs point at words


@dataclass(frozen=True, slots=True)
class Row:
    """One leg's part of a score: `shown` is its contribution in hundredths, so rounded that the rows add up to the score."""

    reason: Reason
    shown: int


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the page that matched; said: in the words that were typed, else by a synonym."""

    word: str
    said: bool


@dataclass(frozen=True, slots=True)
class ExplainedHit:
    """A hit as a page shows it: title and snippet in pieces, the rows of its score, the words, the nearest passage."""

    hit: Hit
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    rows: tuple[Row, ...]
    found: tuple[Found, ...]
    shown_at: Place
    nearest: Place | None

    @property
    def by_meaning_alone(self) -> bool:
        """Whether no leg that reads words or names had a part in it."""
        return not any(leg_fields()[reason.leg] in WORDS for reason in self.hit.reasons)


def explain(hit: Hit, text: str) -> ExplainedHit:
    """The hit with its reasons for the query of this text."""
    document = hit.entry.document
    marks = joined(_offsets(hit.reasons, in_title=False))
    title_marks = joined(_offsets(hit.reasons, in_title=True))
    nearest = next((reason.offsets[0][0] for reason in hit.reasons if _is_nearest(reason)), None)
    return ExplainedHit(
        hit,
        title=pieces(document.title, title_marks),
        snippet=pieces(document.text, marks, hit.snippet_start, hit.snippet_start + len(hit.snippet)),
        rows=rows(hit.reasons),
        found=_words([(document.title, title_marks), (document.text, marks)], text),
        shown_at=place(document.text, document.sections, hit.snippet_start),
        nearest=None if nearest is None else place(document.text, document.sections, nearest),
    )


def rows(reasons: Sequence[Reason]) -> tuple[Row, ...]:
    """The legs by what they gave, rounded so that the hundredths shown add up to the score rounded."""
    parts = [reason.contribution * 100 for reason in reasons]
    shown = [int(part) for part in parts]
    missing = round(sum(parts)) - sum(shown)
    for place_ in sorted(range(len(parts)), key=lambda i: shown[i] - parts[i])[:missing]:
        shown[place_] += 1
    ordered = sorted(zip(reasons, shown, strict=True), key=lambda pair: -pair[0].contribution)
    return tuple(Row(reason, hundredths) for reason, hundredths in ordered)


def _is_nearest(reason: Reason) -> bool:
    return leg_fields()[reason.leg] == "passages" and bool(reason.offsets)


def _offsets(reasons: Iterable[Reason], in_title: bool) -> list[tuple[int, int]]:
    fields = leg_fields()
    wanted = (reason for reason in reasons if fields[reason.leg] in WORDS and (fields[reason.leg] in IN_TITLE) == in_title)
    return [pair for reason in wanted for pair in reason.offsets]


def _words(marked: Sequence[tuple[str, Offsets]], text: str) -> tuple[Found, ...]:
    typed = fold(text)
    words = dict.fromkeys(full[start:end].replace("\n", " ") for full, marks in marked for start, end in marks)
    return tuple(Found(word, fold(word) in typed) for word in words)
