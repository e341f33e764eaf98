"""What our route really sends to the database for one request: statements and parameters as the driver gets them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import event

from casestatus.database import Database

Statement = tuple[str, tuple[Any, ...]]


class NothingCaptured(Exception):
    """The route refused the request, or asked the database nothing."""


def captured(app: FastAPI, database: Database, path: str, tokens: Sequence[str]) -> dict[str, list[Statement]]:
    """By token, what GET `path` sends. Raises NothingCaptured."""
    return asyncio.run(_captured(app, database, path, tokens))


async def _captured(app: FastAPI, database: Database, path: str, tokens: Sequence[str]) -> dict[str, list[Statement]]:
    by_token = {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for token in tokens:
            with _listening(database) as sent:
                answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
            if answer.status_code != 200 or not sent:
                raise NothingCaptured(answer.text)
            by_token[token] = list(sent)
    return by_token


@contextmanager
def _listening(database: Database) -> Iterator[list[Statement]]:
    sent: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        plain = (bytes(value) if isinstance(value, memoryview) else value for value in values)
        sent.append((statement, tuple(plain)))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
