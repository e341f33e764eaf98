"""A load of one kind of request over kept-alive connections, from a process of its own that does little else.

Plain sockets and a selector: a client that costs more than the server would measure itself.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle

from bench.processes import LOOPBACK, ROOT, clean_environment

MOST_REQUESTS = 200_000
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class AnsweredWrongly(Exception):
    """A server answered with something else than 200, so there is nothing to measure."""


@dataclass(frozen=True)
class Job:
    """What to send: GET `path` with each of `tokens` in turn, for so many seconds, over so many connections."""

    port: int
    path: str
    tokens: Sequence[str]
    seconds: float
    connections: int


@dataclass(frozen=True)
class Load:
    """What was answered, in how many seconds, and the CPU-seconds that asking took."""

    answers: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds


def put_load(job: Job) -> Load:
    """Has another process do the job."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        env=clean_environment({}),
        cwd=ROOT,
        timeout=job.seconds + 30,
        check=False,
    )
    if done.returncode:
        raise AnsweredWrongly(done.stderr)
    return Load(**json.loads(done.stdout))


def run(job: Job) -> Load:
    """Asks again as soon as an answer is complete, on every connection. Raises AnsweredWrongly."""
    requests = cycle([_request(job.path, token) for token in job.tokens])
    callers = [_Caller(job.port, requests) for _ in range(job.connections)]
    cpu_before, began = time.process_time(), time.monotonic()
    answers = _ask(callers, ends_at=began + job.seconds)
    load = Load(answers, time.monotonic() - began, time.process_time() - cpu_before)
    for caller in callers:
        caller.socket.close()
    return load


def _ask(callers: Sequence["_Caller"], ends_at: float) -> int:
    answers = 0
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            selector.register(caller.socket, selectors.EVENT_READ, caller)
            caller.ask()
        while time.monotonic() < ends_at and answers < MOST_REQUESTS:
            ready = selector.select(10)
            if not ready:
                raise AnsweredWrongly("no answer in 10 seconds")
            for key, _ in ready:
                if key.data.has_answer():
                    answers += 1
                    key.data.ask()
    return answers


class _Caller:
    """One connection: asks, and collects the answer."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._answer = b""

    def ask(self) -> None:
        self._answer = b""
        self.socket.sendall(next(self._requests))

    def has_answer(self) -> bool:
        """Reads what has come; whether the answer is whole now."""
        received = self.socket.recv(65536)
        if not received:
            raise AnsweredWrongly("the connection was closed")
        self._answer += received
        head, end, body = self._answer.partition(HEAD_END)
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 200 "):
            raise AnsweredWrongly(self._answer.decode(errors="replace"))
        return len(body) >= _length(head)


def _length(head: bytes) -> int:
    lowered = head.lower()
    begins = lowered.index(LENGTH) + len(LENGTH)
    return int(lowered[begins:].split(b"\r\n", 1)[0])


def _request(path: str, token: str) -> bytes:
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {LOOPBACK}",
        f"Authorization: Bearer {token}",
        "Accept: application/json",
        "Accept-Language: es-MX,es;q=0.9,en;q=0.5",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


if __name__ == "__main__":
    json.dump(asdict(run(Job(**json.load(sys.stdin)))), sys.stdout)
