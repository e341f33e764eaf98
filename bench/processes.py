"""Processes of a measure: started by us, watched by their id, ended by us."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
LONGEST_START = 30.0  # seconds
LONGEST_STOP = 15.0


class NotServing(Exception):
    """A server ended, or didn't answer in time; the text tells what it said."""


class Server:
    """A web server on loopback, in a process of its own."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str], folder: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", module, *arguments, "--port", str(self.port)]
        self._said = (folder / f"{module}-{self.port}.log").open("w+")
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            command, env=clean_environment(environment), cwd=folder, stdout=self._said, stderr=self._said
        )
        self.watched = psutil.Process(self._process.pid)

    def connect(self) -> HTTPConnection:
        """A connection that is kept alive."""
        return HTTPConnection(LOOPBACK, self.port, timeout=10)

    def wait_until(self, path: str) -> float:
        """Seconds from the start of the process until `path` was answered with 200. Raises NotServing."""
        while not self._answers(path):
            if self._process.poll() is not None or time.monotonic() > self.started_at + LONGEST_START:
                self._said.seek(0)
                raise NotServing(self._said.read())
            time.sleep(0.005)
        return time.monotonic() - self.started_at

    def cpu_seconds(self) -> float:
        """What the process and its children have spent so far."""
        return cpu_seconds(self.watched)

    def megabytes(self) -> float:
        """Resident memory of the process, what it shares with others included."""
        resident: int = self.watched.memory_info().rss
        return resident / 1e6

    def stop(self) -> None:
        """Asks it to end, and ends it if it doesn't."""
        self._process.terminate()
        try:
            self._process.wait(LONGEST_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def _answers(self, path: str) -> bool:
        connection = self.connect()
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def serving(module: str, *arguments: str, environment: Mapping[str, str], folder: Path, ready: str) -> Iterator[Server]:
    """A server that has answered `ready` with 200; it is stopped in the end."""
    server = Server(module, *arguments, environment=environment, folder=folder)
    try:
        server.wait_until(ready)
        yield server
    finally:
        server.stop()


def clean_environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with the settings of `wanted` and no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASESTATUS_")}
    return kept | {"PYTHONPATH": str(ROOT)} | dict(wanted)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time of a process and all its children, those that have ended too."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(each.cpu_times()[:4]) for each in family)
