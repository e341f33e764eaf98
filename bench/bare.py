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

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench.capture import Statement
from bench.processes import LOOPBACK
from casestatus.cli.serving import SERVER
from casestatus.database import SQLITE_PRAGMAS

PATH, READY = "/case", "/ready"


class Bare:
    """The route and its connections, one a thread."""

    def __init__(self, database: Path, statements: Mapping[str, Sequence[Statement]]) -> None:
        self._database = database
        self._statements = statements
        self._own = threading.local()

    def case(self, request: Request) -> Response:
        """All rows of all statements that this token's status takes. `def`: Starlette runs it in its thread pool."""
        token = request.headers["authorization"].removeprefix("Bearer ")
        connection = self._connection()
        rows = [connection.execute(sql, values).fetchall() for sql, values in self._statements[token]]
        connection.rollback()
        return Response(json.dumps(rows, default=bytes.hex), media_type="application/json")

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._own, "connection"):
            self._own.connection = sqlite3.connect(self._database, isolation_level=None)
            for pragma in SQLITE_PRAGMAS:
                self._own.connection.execute(f"PRAGMA {pragma}")
        connection: sqlite3.Connection = self._own.connection
        return connection


def ready(_request: Request) -> Response:
    """It answers."""
    return PlainTextResponse("ready")


def main() -> None:
    """Serve on loopback, with the same server settings as `casestatus serve`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    parser.add_argument("statements", type=Path, help="what capture.captured returned, pickled")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    bare = Bare(given.database, pickle.loads(given.statements.read_bytes()))
    app = Starlette(routes=[Route(PATH, bare.case), Route(READY, ready)])
    uvicorn.run(app, host=LOOPBACK, port=given.port, **SERVER)


if __name__ == "__main__":
    main()
