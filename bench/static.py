"""The least that could serve a release's files: Starlette's own StaticFiles over the same folder."""

import argparse
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bench.processes import LOOPBACK
from casestatus.cli.serving import SERVER

READY = "/ready"


def ready(_request: Request) -> Response:
    """It answers."""
    return PlainTextResponse("ready")


def main() -> None:
    """Serve on loopback, with the same server settings as `casestatus serve`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    app = Starlette(routes=[Route(READY, ready), Mount("/", StaticFiles(directory=given.folder))])
    uvicorn.run(app, host=LOOPBACK, port=given.port, **SERVER)


if __name__ == "__main__":
    main()
