"""A worker that froze overwrites nothing when it comes back; one whose PostgreSQL restarted listens again."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database, migrate
from casestatus.notices.passes import workers_alive
from tests.e2e.conftest import environment_of
from tests.e2e.fleet import OwnPostgres, fleet_of
from tests.e2e.processes import TwilioProcess, until
from tests.notices.town import Town
from tests.test_worker import listens

OWED = 8


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    ring = KeyRing.generate()
    ring.write(tmp_path / "keys.json")
    return ring


def test_a_worker_frozen_past_its_lease_overwrites_nothing_when_it_goes_on(
    database: Database, environment: dict[str, str], twilio: TwilioProcess, keys: KeyRing, tmp_path: Path
) -> None:
    town = Town(database, keys)
    for _ in range(OWED):
        town.victim()
    twilio.behave(latency_seconds=0.4)
    with fleet_of(1, environment, tmp_path / "first.log") as first:
        until(lambda: is_alive(database), "its sign of life")  # frozen while it writes that, it would hold SQLite
        town.event()
        until(lambda: twilio.has_accepted(1), "the first hand-over")
        os.kill(first.alive[0], signal.SIGSTOP)  # its answers are on their way
        frozen = {attempt.id for attempt in town.attempts() if attempt.state == "sending"}
        with fleet_of(1, environment, tmp_path / "second.log") as second:
            until(lambda: set(town.states()) == {"sent"}, "the end of what the frozen one held")
            before = {attempt.id: (attempt.provider_id, attempt.sent_at, attempt.state) for attempt in town.attempts()}
            os.kill(first.alive[0], signal.SIGCONT)
            until(lambda: "lease_lost" in (tmp_path / "first.log").read_text("utf-8"), "its late answers")
            town.victim()
            town.event()
            until(lambda: set(town.states()) == {"sent"}, "the next notices")
            second.end()
    after = {attempt.id: (attempt.provider_id, attempt.sent_at, attempt.state) for attempt in town.attempts()}
    assert frozen
    assert {attempt_id: after[attempt_id] for attempt_id in before} == before
    times = Counter((message["parameters"]["To"], message["parameters"]["Body"]) for message in twilio.accepted())
    assert set(times.values()) == {1}


def is_alive(database: Database) -> bool:
    with database.reading() as session:
        return workers_alive(session, database.now()) > 0


def test_several_worker_processes_never_hold_one_row(
    database: Database, environment: dict[str, str], twilio: TwilioProcess, keys: KeyRing, tmp_path: Path
) -> None:
    """Whoever held a row that another one holds would hand the same message over a second time."""
    town = Town(database, keys)
    for _ in range(60):
        town.victim()
    twilio.behave(latency_seconds=0.02)
    with fleet_of(3, environment, tmp_path / "workers.log") as fleet:
        for _ in range(2):
            town.event()
            until(lambda: set(town.states()) == {"sent"}, "the end of a wave")
        fleet.end()
    times = Counter((message["parameters"]["To"], message["parameters"]["Body"]) for message in twilio.accepted())
    assert (len(times), set(times.values())) == (120, {1})


def test_after_a_restart_of_postgresql_a_worker_hears_of_new_notices_without_polling(
    twilio: TwilioProcess, keys: KeyRing, tmp_path: Path
) -> None:
    server = OwnPostgres()
    migrate(server.url)
    database = Database(server.url)
    town = Town(database, keys)
    town.victim()
    environment = environment_of(server.url, tmp_path, twilio) | {"CASESTATUS_LIMITS_POLL": "3600"}
    with fleet_of(1, environment, tmp_path / "worker.log") as fleet:
        until(lambda: listens(database), "a worker that listens")
        server.kill()
        server.start_again()
        until(lambda: listens(database), "a worker that listens again")
        town.event()
        until(lambda: town.states() == ["sent"], "the delivery")
        fleet.end()
    database.close()
    server.close()
