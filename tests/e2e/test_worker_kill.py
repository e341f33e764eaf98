"""SIGKILL of real worker processes in the middle of 300 deliveries: none is lost, none is accepted twice."""

from functools import partial
from pathlib import Path

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.e2e.processes import TwilioProcess, command, until
from tests.notices.town import Town

OWED = 300


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
        with command("worker", environment=environment) as process:
            until(partial(twilio.has_accepted, killed_at), f"message {killed_at}")
            process.kill()
    with command("worker", environment=environment) as process:
        until(lambda: set(town.states()) == {"sent"}, "the end of all deliveries")
        process.terminate()
        assert process.wait(20) == 0

    numbers = [message["parameters"]["To"] for message in twilio.accepted()]
    assert len(numbers) == len(set(numbers)) == OWED
    assert {attempt.provider_id for attempt in town.attempts()} == {message["sid"] for message in twilio.accepted()}
