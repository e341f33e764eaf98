"""What our route really sends to the database for one request: statements and parameters as the driver gets them."""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Self

import httpx
from sqlalchemy import event

from bench.sample import Sample
from casestatus.app import build_app
from casestatus.database import Database
from casestatus.settings import Environment, Settings

Statement = tuple[str, tuple[Any, ...]]


class NothingCaptured(Exception):
    """The route refused the request, or asked the database nothing."""


def captured(sample: Sample, path: str, tokens: Sequence[str]) -> dict[str, list[Statement]]:
    """By token, what GET `path` sends. Raises NothingCaptured."""
    return asyncio.run(_captured(sample, path, tokens))


async def _captured(sample: Sample, path: str, tokens: Sequence[str]) -> dict[str, list[Statement]]:
    sent: list[Statement] = []
    database = _recording(sample.url, sent)
    app = build_app(Settings(environment=Environment.DEMO, _env_file=None), database, sample.keys)
    by_token = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        for token in (*tokens, *tokens):  # twice: what a process remembers (an office's calendar) is asked for once
            sent.clear()
            answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
            if answer.status_code != 200 or not sent:
                raise NothingCaptured(answer.text)
            by_token[token] = [statement for statement in sent if not statement[0].startswith("PRAGMA")]
    database.close()
    return by_token


def _recording(url: str, sent: list[Statement]) -> Database:
    """A database whose driver notes in `sent` what it is given, whoever gives it."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, values: Any = ()) -> Self:
            plain = (bytes(value) if isinstance(value, memoryview) else value for value in values)
            sent.append((sql, tuple(plain)))
            return super().execute(sql, values)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> Any:
            return super().cursor(Cursor)

    database = Database(url)

    @event.listens_for(database.engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        parameters["factory"] = Connection

    return database
