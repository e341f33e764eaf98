"""Commands that go on until they are stopped: the web and the worker."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casestatus.cli.opening import (
    Refused,
    database_of,
    key_ring,
    refuse_broken_help,
    refuse_in_production,
    require_ready,
    settings_from_environment,
)

if TYPE_CHECKING:
    import uvicorn

    from casestatus.crypto import KeyRing
    from casestatus.database import Database
    from casestatus.settings import Settings

# Proxy headers are read by our own rule (TRUSTED_PROXIES). The server logs no requests: a path may hold a token.
SERVER: dict[str, Any] = {
    "proxy_headers": False,
    "server_header": False,
    "access_log": False,
    "log_level": "warning",
    "timeout_graceful_shutdown": 20,  # seconds for requests under way
}

Host = Annotated[str, typer.Option(help="address to listen on")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="port to listen on")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="web processes")] = 1,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="deliver notices from this process too")] = False,
) -> None:
    """Serve the web, behind a reverse proxy with TLS. In production it refuses what is only good enough for a demo."""
    from casestatus.telemetry import configure_logs

    configure_logs()
    end_when_told()
    settings = settings_from_environment()
    refuse_in_production(settings)
    refuse_broken_help(settings)
    keys = key_ring(settings)
    with database_of(settings) as database:
        require_ready(settings, database)
        with delivering(settings, database, keys) if with_worker else nullcontext():
            if workers == 1:
                with listening_on(host, port) as listening:
                    serve_here(web_of(settings, database, keys), listening)
            else:
                _serve_in_processes(host, port, workers)


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="messages handed over at the same time")] = 8,
) -> None:
    """Deliver notices. Any number may run, on any host that reaches the database."""
    from casestatus import worker as background
    from casestatus.telemetry import configure_logs

    configure_logs()
    settings = settings_from_environment()
    refuse_in_production(settings)
    key_ring(settings)
    with database_of(settings) as database:
        require_ready(settings, database)
    background.main(settings, at_once=concurrency)


def web_of(settings: "Settings", database: "Database", keys: "KeyRing") -> "uvicorn.Server":
    """The web of this process, built and not yet serving."""
    import uvicorn

    from casestatus.app import build_app

    return uvicorn.Server(uvicorn.Config(build_app(settings, database, keys), **SERVER))


def serve_here(server: "uvicorn.Server", listening: socket.socket) -> None:
    """Serve from this process until it is told to stop."""
    told = threading.Event()

    def stop_soon(_signal: int, _frame: object) -> None:
        told.set()
        server.should_exit = True

    for name in (signal.SIGTERM, signal.SIGINT):  # the server raises them again when it has ended; then they do nothing
        signal.signal(name, stop_soon)
    server.run(sockets=[listening])
    if not (server.started or told.is_set()):
        raise Refused("the web could not start; the log above says why.")


def _serve_in_processes(host: str, port: int, workers: int) -> None:
    import uvicorn

    with _figures_added_up():
        uvicorn.run("casestatus.app:create_app", factory=True, host=host, port=port, workers=workers, **SERVER)


@contextmanager
def _figures_added_up() -> Iterator[None]:
    """While open, the processes that are started put what they count into one folder, so that any can tell the sum."""
    with TemporaryDirectory(prefix="casestatus-figures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def end_when_told() -> None:
    """From now on SIGTERM and SIGINT end the process in order, whatever it is doing, and without a traceback."""

    def end(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)


@contextmanager
def delivering(settings: "Settings", database: "Database", keys: "KeyRing") -> Iterator[None]:
    """While open, a thread delivers notices; at the end it finishes what it holds."""
    from casestatus.worker import run_worker

    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(settings, database, keys, stop), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        database.changed.set()
        thread.join()


def listening_on(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on. Refused when the address isn't free."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise Refused(f"can't listen on {host}:{port}: {error.strerror}.") from None
