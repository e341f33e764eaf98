"""The command `casestatus worker`: killed it loses and repeats nothing; told to stop it leaves nothing half done."""

from functools import partial
from pathlib import Path
from uuid import UUID

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.e2e.processes import TwilioProcess, command, until
from tests.notices.town import Town

OWED = 90


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


def leases(town: Town) -> set[UUID | None]:
    """Under which attempts are held for a hand-over that began."""
    return {attempt.lease_token for attempt in town.attempts() if attempt.state == "sending"}
