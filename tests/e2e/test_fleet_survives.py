"""Workers and PostgreSQL are killed at random moments while a bad provider takes messages: none lost, none taken twice.

With ENDURANCE: 10,000 notices, 1,000 kills of workers and 20 of PostgreSQL, on each kind of database.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest
from sqlalchemy import func, select

from casestatus.crypto import KeyRing
from casestatus.database import Database, migrate
from casestatus.notices.models import FINAL, AttemptState, DeliveryAttempt
from tests.e2e.fleet import OwnPostgres, fleet_of
from tests.e2e.processes import TwilioProcess, until
from tests.ledger import Ledger
from tests.lending import with_database
from tests.notices.town import Town

ENDURANCE = bool(os.environ.get("ENDURANCE"))
VICTIMS, EVENTS, KILLS, POSTGRES_KILLS = (1_000, 10, 1_000, 20) if ENDURANCE else (120, 2, 30, 1)
PATIENCE = 1800.0 if ENDURANCE else 90.0
# A fifth of all calls goes wrong, half of them after the message was taken.
BAD_DAYS = {"closed": 0.1, "late": 0.01, "gateway": 0.01, "failing": 0.05, "throttled": 0.02}
TIMES = {"latency_seconds": 0.03, "late_seconds": 1.0, "listing_lag_seconds": 0.2, "retry_after": 0.05}


@pytest.fixture
def killable(request: pytest.FixtureRequest) -> Iterator[OwnPostgres | None]:
    """PostgreSQL that may be killed; None where the database is a file."""
    if "sqlite" in request.node.name:
        yield None
        return
    server = OwnPostgres()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, killable: OwnPostgres | None, tmp_path: Path) -> str:
    if killable is None:
        url = f"sqlite:///{tmp_path}/casestatus.db"
    else:
        with psycopg.connect(killable.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE fleet")
        url = with_database(killable.url, "fleet")
    migrate(url)
    return url


def test_kills_lose_nothing_and_repeat_nothing(
    database: Database,
    killable: OwnPostgres | None,
    environment: dict[str, str],
    twilio: TwilioProcess,
    tmp_path: Path,
    ledger: Ledger,
) -> None:
    keys, draw = KeyRing.generate(), Random(20261123)
    keys.write(tmp_path / "keys.json")
    town = Town(database, keys)
    for _ in range(VICTIMS):
        town.victim()
    twilio.behave(shares=BAD_DAYS, final_status="delivered", **TIMES)
    environment |= {"CASESTATUS_LIMITS_FOLLOW_UP_AFTER": "1", "CASESTATUS_LIMITS_FOLLOW_UP_GAP": "0.5"}
    falls = sorted(draw.sample(range(1, KILLS), POSTGRES_KILLS)) if killable else []

    with fleet_of(2, environment, tmp_path / "workers.log") as fleet:
        for event in range(1, EVENTS + 1):
            until(lambda: not waiting(database), "the end of a wave", patience=PATIENCE)
            assert town.event()[1] == VICTIMS
            while fleet.killed < KILLS * event // EVENTS:
                time.sleep(draw.uniform(0, 0.1))
                fleet.kill_one(draw)
                if killable and fleet.killed in falls:
                    killable.kill()
                    killable.start_again()
        until(lambda: not unfinished(database), "the end of all deliveries", patience=PATIENCE)
        fleet.end()

    accepted = twilio.accepted()
    times = Counter((message["parameters"]["To"], message["parameters"]["Body"]) for message in accepted)
    attempts = town.attempts()
    ledger.note(
        notices=len(town.notices()),
        accepted=len(accepted),
        accepted_twice=sum(count > 1 for count in times.values()),
        lost=len({attempt.id for attempt in attempts if attempt.state != AttemptState.DELIVERED}),
        not_final=sum(attempt.state not in FINAL for attempt in attempts),
        workers_killed=fleet.killed,
        postgresql_killed=len(falls),
    )
    assert len(town.notices()) == len(attempts) == len(accepted) == VICTIMS * EVENTS
    assert set(times.values()) == {1}
    assert {attempt.state for attempt in attempts} == {AttemptState.DELIVERED}
    assert {attempt.provider_id for attempt in attempts} == {message["sid"] for message in accepted}
    assert fleet.killed == KILLS


def waiting(database: Database) -> int:
    """How many have not been handed over for certain."""
    return count(database, AttemptState.PENDING, AttemptState.SENDING, AttemptState.UNCERTAIN)


def unfinished(database: Database) -> int:
    return count(database, *(set(AttemptState) - FINAL))


def count(database: Database, *states: AttemptState) -> int:
    with database.reading() as session:
        these = select(func.count()).select_from(DeliveryAttempt).where(DeliveryAttempt.state.in_(states))
        return session.scalars(these).one()
