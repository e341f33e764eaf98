"""Real processes of ours and of the provider's stand-in, started by tests and ended by them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

CASESTATUS = [sys.executable, "-m", "casestatus"]
PATIENCE = 60.0  # seconds until a condition that ought to come is given up


class TwilioProcess:
    """The stand-in as a process of its own, so that its ledger outlives every worker."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.standins.twilio", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def behave(self, **script: object) -> None:
        httpx.post(f"{self.url}/standin/behaviour", json=script).raise_for_status()

    def accepted(self) -> list[dict[str, Any]]:
        return httpx.get(f"{self.url}/standin/ledger").json()["accepted"]

    def malformed(self) -> list[object]:
        """Requests that weren't as Twilio's OpenAPI document says."""
        return httpx.get(f"{self.url}/standin/ledger").json()["malformed"]

    def tell(self, sid: str, status: str, code: int | None = None, **how: object) -> None:
        """Have the receipt of a message sent to us, as Twilio signs it."""
        told = {"sid": sid, "status": status, "code": code} | how
        httpx.post(f"{self.url}/standin/receipt", json=told, timeout=30).raise_for_status()

    def has_accepted(self, count: int) -> bool:
        return len(self.accepted()) >= count

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def command(*words: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`casestatus WORDS` while the block runs; killed at its end if it still goes on."""
    process = subprocess.Popen([*CASESTATUS, *words], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(reached: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
    patience += time.monotonic()
    while not reached():
        assert time.monotonic() < patience, f"{what} never came"
        time.sleep(0.05)
