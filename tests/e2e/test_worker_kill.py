"""The command `casestatus worker`: killed it loses and repeats nothing; told to stop it leaves nothing half done."""

import os
import signal
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.hand_overs import WAITING_AT_MOST
from casestatus.settings import Settings
from casestatus.worker import AT_ONCE
from tests.e2e.fleet import fleet_of
from tests.e2e.processes import TwilioProcess, command, until
from tests.notices.conftest import Deliveries
from tests.notices.town import Town

OWED = 90
HOLDS = AT_ONCE + WAITING_AT_MOST * AT_ONCE  # at the provider, and held ahead of it


def test_a_worker_killed_in_the_middle_loses_nothing_and_one_told_to_stop_finishes_what_it_holds(
    database: Database, tmp_path: Path, environment: dict[str, str], twilio: TwilioProcess
) -> None:
    keys = KeyRing.generate()
    keys.write(tmp_path / "keys.json")
    town = Town(database, keys)
    for _ in range(OWED):
        town.victim()
    twilio.behave(latency_seconds=0.1, shares={"closed": 0.1, "throttled": 0.05}, retry_after=0.05)

    assert town.event()[1] == OWED
    with command("worker", environment=environment) as process:
        until(partial(twilio.has_accepted, OWED // 3), "a third of the messages")
        process.kill()
        process.wait()
    lost = leases(town)
    with command("worker", environment=environment) as process:
        until(partial(twilio.has_accepted, OWED // 2), "half of the messages")
        process.terminate()
        assert process.wait(20) == 0
    assert leases(town) <= lost
    with command("worker", environment=environment):
        until(lambda: set(town.states()) == {"sent"}, "the end of all deliveries")

    numbers = [message["parameters"]["To"] for message in twilio.accepted()]
    assert len(numbers) == len(set(numbers)) == OWED
    assert {attempt.provider_id for attempt in town.attempts()} == {message["sid"] for message in twilio.accepted()}


def test_a_worker_killed_with_all_that_it_may_hold_in_hand_loses_and_repeats_nothing(
    database: Database,
    clock: Clock,
    tmp_path: Path,
    environment: dict[str, str],
    twilio: TwilioProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight messages are at the provider, which has taken them and is slow to say so; sixteen wait for a thread."""
    keys = KeyRing.generate()
    keys.write(tmp_path / "keys.json")
    environment |= {"CASESTATUS_LIMITS_LEASE": "60"}
    town = Town(database, keys)
    town.victim()
    with fleet_of(1, environment, tmp_path / "worker.log") as fleet:
        for told in range(1, 5):  # now it knows how fast the provider answers
            town.event()
            until(partial(all_sent, town, told), "a first message")
        for _ in range(HOLDS):
            town.victim()
        twilio.behave(latency_seconds=50)
        town.event()
        until(lambda: town.states().count("sending") == HOLDS and twilio.has_accepted(4 + AT_ONCE), "all in hand")
        os.kill(fleet.alive[0], signal.SIGKILL)
    assert (town.states().count("sending"), len(twilio.accepted())) == (HOLDS, 4 + AT_ONCE)

    twilio.behave(latency_seconds=0)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    after = Deliveries(database, keys, Settings(_env_file=None), clock)
    for seconds in (0, 61, 1, 1):
        after.later(seconds=seconds)
    after.close()
    assert set(town.states()) == {"sent"}
    assert {attempt.provider_id for attempt in town.attempts()} == {message["sid"] for message in twilio.accepted()}
    assert len(twilio.accepted()) == len(town.attempts()) == 4 + HOLDS + 1


def all_sent(town: Town, number: int) -> bool:
    return town.states() == ["sent"] * number


def leases(town: Town) -> set[UUID | None]:
    """Under which attempts are held for a hand-over that began."""
    return {attempt.lease_token for attempt in town.attempts() if attempt.state == "sending"}
