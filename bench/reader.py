"""A reader in a process of its own, for `bench.commits`: a source's name a line in, the moment it was found a line out."""

import sys
import time

from search.bootstrap import open_engine
from search.query import Filters
from search.settings import Settings

PATIENCE_SECONDS = 60.0


def main() -> None:
    """Answer until standard input ends. perf_counter counts from the same moment in every process (CLOCK_MONOTONIC)."""
    engine = open_engine(Settings.from_env())
    for line in sys.stdin:
        filters = Filters(include={"source": (line.strip(),)})
        engine.retrieve([], filters, 1)
        print("looking", flush=True)
        end = time.perf_counter() + PATIENCE_SECONDS
        while not engine.retrieve([], filters, 1).total:
            if time.perf_counter() > end:
                sys.exit(f"{line.strip()} was not to be found for {PATIENCE_SECONDS:.0f} s")
            time.sleep(0.001)
        print(time.perf_counter(), flush=True)
    engine.close()


if __name__ == "__main__":
    main()
