"""Logs: one JSON line an event, ids only. Whatever is called like a secret is struck out, should it slip in."""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

SECRETS = "pin backup_key folio case_number number address to body token secret password code"
VALUES = re.compile(r"DETAIL:.*")
STRUCK_OUT = frozenset(SECRETS.split())
EVENTS = logging.getLogger("casestatus")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class Log:
    """What the rooms log with: an event's name, and ids or other plain values by their names."""

    def info(self, event: str, **ids: object) -> None:
        self._tell(logging.INFO, event, ids)

    def warning(self, event: str, **ids: object) -> None:
        self._tell(logging.WARNING, event, ids)

    def error(self, event: str, **ids: object) -> None:
        self._tell(logging.ERROR, event, ids)

    def exception(self, event: str, **ids: object) -> None:
        """An error with the traceback of what is being handled; no local variable's value is in it."""
        self._tell(logging.ERROR, event, ids, traceback=True)

    def _tell(self, level: int, event: str, ids: Mapping[str, object], *, traceback: bool = False) -> None:
        request_id = _request_id.get()
        named = {"request_id": request_id} if request_id else {}
        EVENTS.log(level, event, extra={"ids": {**named, **ids}}, exc_info=traceback)


class JsonLines(logging.Formatter):
    """Each event as one line."""

    def format(self, record: logging.LogRecord) -> str:
        line = strike_out(getattr(record, "ids", {})) | {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:
            line["exception"] = strike_out_values(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=repr)


def strike_out(ids: Mapping[str, object]) -> dict[str, object]:
    """The value of every key that names something secret is replaced."""
    return {key: "…" if key in STRUCK_OUT else value for key, value in ids.items()}


def strike_out_values(traceback: str) -> str:
    """PostgreSQL repeats the row's values in its DETAIL; the statement's own were never there."""
    return VALUES.sub("DETAIL: …", traceback)


@contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """While open, each line of this task, and of the threads that work for it, names the request."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def configure_logs() -> None:
    """Log to the process's own stderr, so that a command's output stays its own. Call it where a process begins.

    Not to `sys.stderr`: who stands in for it for a while (a test runner, a notebook) closes it, and a logger that
    keeps the file would fail from then on.
    """
    lines = logging.StreamHandler(sys.__stderr__)
    lines.setFormatter(JsonLines())
    EVENTS.handlers = [lines]
    EVENTS.setLevel(logging.INFO)
    EVENTS.propagate = False
