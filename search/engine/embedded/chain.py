"""A generation's segment files: each covers a stretch of the log, and together they cover it from its beginning."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.engine.embedded.files import DamagedSegment, read_segment, write_segment
from search.engine.embedded.postings import keys_of
from search.engine.embedded.segment import Segment, merge_segments
from search.engine.embedded.snapshot import without

log = logging.getLogger(__name__)

UNFINISHED = "*.tmp"  # what files.write_segment has not named yet
NAME = re.compile(r"(\d{12})-(\d{12})\.segment")
# A segment joins newer ones that together hold more than an eighth of it: few segments, each document written some 8 times.
MERGE_RATIO = 8
MERGE_DOCS = 100_000  # no merge makes a larger segment: bounds its time and memory
DEAD_SHARE = 0.3  # of a segment's documents replaced or deleted: then it is written anew with what came after


@dataclass(frozen=True, slots=True)
class Link:
    """A segment and the stretch of the log that it covers: after `low`, up to and with `high`."""

    low: int
    high: int
    segment: Segment


class Chain:
    """The files of one generation in a folder; those already mapped stay mapped when it is looked at again."""

    def __init__(self, folder: Path, store: str) -> None:
        self.folder = folder
        self._store = store
        self._known: dict[tuple[str, int], Link] = {}

    def links(self, until: int) -> list[Link]:
        """The files that cover the log from its beginning, as far as they go, and not beyond `until`."""
        while True:
            try:
                return self._links(self._files(), until)
            except FileNotFoundError:
                log.debug("%s: files were merged away since the folder was listed", self.folder)

    def write(self, low: int, high: int, segment: Segment) -> None:
        """Write a segment; OSError as the disk gives it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_segment(self.folder / f"{low:012}-{high:012}.segment", segment, self._store)

    def merge(self, until: int) -> None:
        """Join what has become small or mostly dead; then tidy."""
        links = self.links(until)
        lives = living([link.segment for link in links])
        first = mergeable([len(link.segment) for link in links], [int(live.sum()) for live in lives], MERGE_RATIO)
        if first < len(links) - 1:
            part = links[first:]
            merged = merge_segments([(link.segment, live) for link, live in zip(part, lives[first:], strict=True)])
            self.write(part[0].low, part[-1].high, merged)
        self.tidy(until)

    def untidy(self) -> bool:
        """Whether a writer that was killed left something: half a file, or files that a merged one covers."""
        reached = 0
        for low, high in sorted(self._files(), key=lambda stretch: (stretch[0], -stretch[1])):
            if low < reached:
                return True
            reached = high
        return any(self.folder.glob(UNFINISHED))

    def tidy(self, until: int) -> None:
        """Remove files that others cover, and half ones. Only for who holds the lock on writing."""
        kept = {(link.low, link.high) for link in self.links(until)}
        for stretch, path in self._files().items():
            if stretch not in kept:
                path.unlink(missing_ok=True)
        for path in self.folder.glob(UNFINISHED):
            path.unlink(missing_ok=True)

    def _links(self, files: dict[tuple[int, int], Path], until: int) -> list[Link]:
        links: list[Link] = []
        known: dict[tuple[str, int], Link] = {}
        high = 0
        while candidates := [stretch for stretch in files if stretch[0] == high and high < stretch[1] <= until]:
            link = None
            for stretch in sorted(candidates, reverse=True):  # the longest first
                path = files[stretch]
                if link := self._link(stretch, path, known):
                    break
            if link is None:
                break
            links.append(link)
            high = link.high
        self._known = known
        return links

    def _files(self) -> dict[tuple[int, int], Path]:
        try:
            matches = [(NAME.fullmatch(path.name), path) for path in self.folder.iterdir()]
        except FileNotFoundError:
            return {}
        except OSError as exc:
            log.warning("%s cannot be read, searching goes on in memory: %s", self.folder, exc)
            return {}
        return {(int(match[1]), int(match[2])): path for match, path in matches if match}

    def _link(self, stretch: tuple[int, int], path: Path, known: dict[tuple[str, int], Link]) -> Link | None:
        try:
            name = (path.name, path.stat().st_ino)
            known[name] = self._known.get(name) or Link(*stretch, read_segment(path, self._store))
        except FileNotFoundError:
            raise  # no damage: look again
        except (DamagedSegment, OSError) as exc:
            log.warning("a derived file is unusable and will be written anew: %s", exc)
            return None
        return known[name]


def living(segments: Sequence[Segment]) -> list[np.ndarray]:
    """For each segment, which of its documents (bool [n]) no later segment touches."""
    lives = []
    touched = np.zeros(0, np.uint64)
    for segment in reversed(segments):
        lives.append(without(np.ones(len(segment), bool), segment.find(touched)))
        touched = np.union1d(touched, touched_by(segment))
    return lives[::-1]


def touched_by(segment: Segment) -> np.ndarray:
    """Keys of all documents that the segment replaces or deletes (uint64)."""
    return np.concatenate([segment.id_keys, keys_of(segment.gone.tolist())])


def mergeable(sizes: Sequence[int], living_sizes: Sequence[int], ratio: int) -> int:
    """Which segment to merge from, to the last; the last one itself where nothing needs it."""
    first = len(sizes) - 1
    for place in range(len(sizes) - 2, -1, -1):
        if sum(living_sizes[place:]) > MERGE_DOCS:
            break
        mostly_dead = living_sizes[place] < (1 - DEAD_SHARE) * sizes[place]
        if mostly_dead or sizes[place] <= ratio * sum(sizes[place + 1 :]):
            first = place
    return first
