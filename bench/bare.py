"""The least that could answer: a Starlette route that sends the same SQL through the same driver in the same threads.

It finds the statements by the token, returns the rows as JSON, and does nothing else: no words, no rules, no unsealing.
"""

import argparse
import json
import pickle
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench.capture import Statement
from bench.processes import LOOPBACK
from casestatus.cli.serving import SERVER
from casestatus.database import Database
from casestatus.database.engines import SQLITE_PRAGMAS

PATH, READY = "/case", "/ready"
Row = tuple[Any, ...]


class ThroughDriver:
    """Rows as the driver gives them, over connections of its own, one a thread."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._own = threading.local()

    def rows(self, statements: Sequence[Statement]) -> list[list[Row]]:
        connection = self._connection()
        rows = [connection.execute(sql, values).fetchall() for sql, values in statements]
        connection.rollback()
        return rows

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._own, "connection"):
            self._own.connection = sqlite3.connect(self._database, isolation_level=None)
            for pragma in SQLITE_PRAGMAS:
                self._own.connection.execute(f"PRAGMA {pragma}")
        connection: sqlite3.Connection = self._own.connection
        return connection


class ThroughEngine:
    """The same over SQLAlchemy's engine and its pool: what most services would call the bare minimum."""

    def __init__(self, database: Path) -> None:
        self._engine = Database(f"sqlite:///{database}").engine.execution_options(read_only=True)

    def rows(self, statements: Sequence[Statement]) -> list[list[Row]]:
        with self._engine.connect() as connection:
            return [
                [tuple(row) for row in connection.exec_driver_sql(sql, values)]
                for sql, values in statements
                if sql != "BEGIN"  # the engine's own
            ]


def route_of(through: ThroughDriver | ThroughEngine, statements: Mapping[str, Sequence[Statement]]) -> Route:
    """All rows of all statements that a token's status takes. `def`: Starlette runs it in its thread pool."""

    def case(request: Request) -> Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        rows = through.rows(statements[token])
        return Response(json.dumps(rows, default=bytes.hex), media_type="application/json")

    return Route(PATH, case)


def ready(_request: Request) -> Response:
    """It answers."""
    return PlainTextResponse("ready")


THROUGH: Mapping[str, type[ThroughDriver | ThroughEngine]] = {"driver": ThroughDriver, "engine": ThroughEngine}


def main() -> None:
    """Serve on loopback, with the same server settings as `casestatus serve`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("through", choices=THROUGH)
    parser.add_argument("database", type=Path)
    parser.add_argument("statements", type=Path, help="what capture.captured returned, pickled")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    case = route_of(THROUGH[given.through](given.database), pickle.loads(given.statements.read_bytes()))
    app = Starlette(routes=[case, Route(READY, ready)])
    uvicorn.run(app, host=LOOPBACK, port=given.port, **SERVER)


if __name__ == "__main__":
    main()
