"""What reaches the log while a test acts."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from casestatus.telemetry import EVENTS, JsonLines


@contextmanager
def log_lines() -> Iterator[list[dict[str, Any]]]:
    """The lines that are written while it is open, as a reader of the log gets them."""
    kept = _Kept()
    EVENTS.addHandler(kept)
    try:
        yield kept.lines
    finally:
        EVENTS.removeHandler(kept)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))
