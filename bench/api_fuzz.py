"""python -m bench.api_fuzz [--requests 10000] [--slow 2]: property-based requests against the API's own description.

Starts `python -m web serve` on the index of XINGLIN_ENGINE and lets schemathesis ask until so many requests were answered. Fails on
any answer of 500 and above, any that is not as described, any slow one, and any traceback in the server's log.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.web import Site, site
from search import command
from search.errors import SearchError
from search.settings import Settings

EXAMPLES = 150  # of each address in one run; runs are repeated with other seeds
# The two that are left out: a wrong value of a parameter that nobody needs is answered with a notice, and a blank question is refused.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 1 where anything is not as described."""
    args = _parser().parse_args(argv)
    return command.run(lambda settings: fuzz(settings, args.requests, args.slow))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.api_fuzz", description="Property-based requests against /api.")
    parser.add_argument("--requests", type=int, default=10_000, metavar="N", help="at least so many (default 10,000)")
    parser.add_argument("--slow", type=float, default=2.0, metavar="S", help="seconds that no answer may take (default 2)")
    return parser


def fuzz(settings: Settings, requests: int, slow: float) -> int:
    """Ask until enough was answered; 1 and schemathesis's report at the first run that finds something."""
    with site(settings) as running, TemporaryDirectory() as notes:
        answered, seed = 0.0, 0
        while answered < requests:
            seed += 1
            done = subprocess.run(_command(running, seed, slow), cwd=notes, capture_output=True, text=True, check=False)
            answered = count(running)
            print(f"seed {seed}: {answered:,.0f} answered", file=sys.stderr)
            if done.returncode:
                print(done.stdout + done.stderr)
                return 1
        failed = count(running, "5")
        if failed:
            raise SearchError(f"{failed:,.0f} answers of 500 and above")
    print(f"{answered:,.0f} requests, all answered as described within {slow:g} s")
    return 0


def count(running: Site, status: str = "") -> float:
    """Requests under /api that were answered with a status that begins so."""
    connection = running.connect()
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if _counts(line, status))


def _counts(line: str, status: str) -> bool:
    return line.startswith("xinglin_requests_total{") and 'route="/api' in line and f'status="{status}' in line


def _command(running: Site, seed: int, slow: float) -> list[str]:
    program = str(Path(sys.executable).absolute().with_name("schemathesis"))
    given = {"--seed": seed, "--max-examples": EXAMPLES, "--checks": CHECKS, "--max-response-time": slow}
    options = [str(part) for pair in given.items() for part in pair]
    return [program, "run", f"http://{running.address}/api/openapi.json", *options, "--no-color"]


if __name__ == "__main__":
    sys.exit(main())
