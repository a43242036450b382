"""The machine and its libraries, and how much of it others took meanwhile."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "numkong", "onnxruntime", "tokenizers", "rjieba", "tantivy", "elasticsearch")


class Machine:
    """Describes the machine from the moment it is made until `describe` is called."""

    def __init__(self) -> None:
        self._load = os.getloadavg()[0]
        self._cpu = _cpu_ticks()

    def describe(self) -> dict[str, Any]:
        """Processor, memory, libraries; load averages, and the share of time that a hypervisor gave to others."""
        total, stolen = (now - then for now, then in zip(_cpu_ticks(), self._cpu, strict=True))
        cores = len(os.sched_getaffinity(0))
        shared = "; others were at work here: trust ratios before figures" if self._load > cores / 2 else ""
        return {
            "processor": f"{_field('/proc/cpuinfo', 'model name')}, {cores} cores usable",
            "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB",
            "python": platform.python_version(),
            "libraries": {name: _version(name) for name in PACKAGES},
            "load": f"{self._load:.1f} before, {os.getloadavg()[0]:.1f} after (1 minute); "
            f"{stolen / max(total, 1):.1%} of the time taken by the hypervisor{shared}",
        }


def _cpu_ticks() -> tuple[int, int]:
    """All ticks of all cores so far, and those stolen; proc(5)."""
    ticks = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks), ticks[7]


def _field(path: str, name: str) -> str:
    lines = Path(path).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
