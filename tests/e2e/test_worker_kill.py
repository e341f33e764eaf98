"""SIGKILL of real worker processes in the middle of 300 deliveries: none is lost, none is accepted twice."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.notices.town import Town
from tests.standins.twilio import ACCOUNT, TOKEN

OWED = 300
WORKER = [sys.executable, "-m", "casestatus", "worker"]
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

    def has_accepted(self, count: int) -> bool:
        return len(self.accepted()) >= count

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def twilio() -> Iterator[TwilioProcess]:
    standin = TwilioProcess()
    yield standin
    standin.close()


@pytest.fixture
def environment(database_url: str, tmp_path: Path, twilio: TwilioProcess) -> dict[str, str]:
    return os.environ | {
        "CASESTATUS_ENVIRONMENT": "demo",
        "CASESTATUS_DATABASE_URL": database_url,
        "CASESTATUS_KEYS": str(tmp_path / "keys.json"),
        "CASESTATUS_SMS_PROVIDER": "twilio",
        "CASESTATUS_TWILIO_ACCOUNT_SID": ACCOUNT,
        "CASESTATUS_TWILIO_AUTH_TOKEN": TOKEN,
        "CASESTATUS_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0a" * 16,
        "CASESTATUS_TWILIO_API_URL": twilio.url,
        "CASESTATUS_NOTICE_HOURS": "00:00-24:00",
        "CASESTATUS_LIMITS_LEASE": "2",
        "CASESTATUS_LIMITS_POLL": "0.2",
        "CASESTATUS_LIMITS_RETRY_BASE": "0.2",
        "CASESTATUS_LIMITS_RECONCILE_GAP": "0.5",
    }


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(WORKER, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(reached: Callable[[], bool], what: str) -> None:
    patience = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < patience, f"{what} never came"
        time.sleep(0.05)


def test_workers_killed_in_the_middle_lose_nothing_and_repeat_nothing(
    database: Database, tmp_path: Path, environment: dict[str, str], twilio: TwilioProcess
) -> None:
    keys = KeyRing.generate()
    keys.write(tmp_path / "keys.json")
    town = Town(database, keys)
    for _ in range(OWED):
        town.victim()
    twilio.behave(latency_seconds=0.03, shares={"closed": 0.1, "throttled": 0.05}, retry_after=1)

    assert town.event()[1] == OWED
    for killed_at in (OWED // 3, 2 * OWED // 3):
        with worker(environment) as process:
            until(partial(twilio.has_accepted, killed_at), f"message {killed_at}")
            process.kill()
    with worker(environment) as process:
        until(lambda: set(town.states()) == {"sent"}, "the end of all deliveries")
        process.terminate()
        assert process.wait(20) == 0

    numbers = [message["parameters"]["To"] for message in twilio.accepted()]
    assert len(numbers) == len(set(numbers)) == OWED
    assert {attempt.provider_id for attempt in town.attempts()} == {message["sid"] for message in twilio.accepted()}
