"""The whole configuration, from the environment. Read by entry points alone; all else is handed values."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from search.errors import SearchError

PREFIX = "XINGLIN_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is one environment variable: XINGLIN_ and the field's name in capitals."""

    engine: str = ""  # embedded:PATH, or http(s)://host:9200/index; empty: embedded:<var>/index
    var: Path = Path("var")  # everything that is written lies here
    encoder: str = "onnx"  # onnx, or sentence_transformer:FOLDER_OR_HUB_NAME
    threads: int = 0  # threads that encode passages; 0: one a core
    log_level: str = "WARNING"  # DEBUG shows query text: never on a real service

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Settings of the XINGLIN_* variables; an unknown or unreadable one is an error that says which."""
        known = {PREFIX + field.name.upper(): field for field in fields(cls)}
        given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1, 0)
                raise SearchError(f"没有叫 {name} 的设置；您是不是要写 {near[0]}？")
        values: dict[str, Any] = {known[name].name: _read(name, known[name].default, value) for name, value in given.items()}
        return cls(**values)

    def to_environ(self) -> dict[str, str]:
        """The variables that say the same: for a child process."""
        return {PREFIX + field.name.upper(): str(getattr(self, field.name)) for field in fields(self)}

    @property
    def engine_url(self) -> str:
        """The engine's address, with the default filled in."""
        return self.engine or f"embedded:{self.var / 'index'}"


def _read(name: str, default: object, value: str) -> object:
    try:
        return type(default)(value)  # type: ignore[call-arg]
    except ValueError as exc:
        raise SearchError(f"{name}={value!r} 不是数字") from exc
