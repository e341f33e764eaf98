"""Logs: one JSON line an event, ids only. Whatever is called like a secret is struck out, should it slip in."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRETS = "pin backup_key folio case_number number address to body token secret password code"
VALUES = re.compile(r"DETAIL:.*")
STRUCK_OUT = frozenset(SECRETS.split())


def strike_out(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that names something secret."""
    for key in STRUCK_OUT & event.keys():
        event[key] = "…"
    return event


def strike_out_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """PostgreSQL repeats the row's values in its DETAIL; the statement's own were never there."""
    if "exception" in event:
        event["exception"] = VALUES.sub("DETAIL: …", event["exception"])
    return event


def configure_logs() -> None:
    """Log to the process's own stderr, so that a command's output stays its own. Call it where a process begins.

    Not to `sys.stderr`: who stands in for it for a while (a test runner, a notebook) closes it, and the loggers,
    which keep the file, would raise from then on.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            strike_out,
            structlog.processors.format_exc_info,
            strike_out_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.__stderr__),
        cache_logger_on_first_use=True,
    )
