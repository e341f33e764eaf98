"""A worker's sign of life: it lives while each of its loops goes on, and is counted for a minute after that."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from casestatus.database import Clock, Database
from casestatus.notices.passes import SignOfLife, last_pass, workers_alive

BOTH = ("deliveries", "upkeep")


@pytest.fixture
def last(database: Database) -> Callable[[], datetime | None]:
    """When any worker last wrote that it lives."""

    def read() -> datetime | None:
        with database.reading() as session:
            return last_pass(session)

    return read


def alive(database: Database) -> int:
    with database.reading() as session:
        return workers_alive(session, database.now())


def note(life: SignOfLife, *loops: str) -> None:
    for loop in loops or BOTH:
        life.note(loop)


def test_a_worker_lives_once_each_of_its_loops_completed_a_pass(
    database: Database, last: Callable[[], datetime | None]
) -> None:
    life = SignOfLife(database, BOTH)
    note(life, "upkeep", "upkeep")
    assert (last(), alive(database)) == (None, 0)
    before = database.now()
    note(life, "deliveries")
    written = last()
    assert written is not None
    assert before <= written <= database.now()
    assert alive(database) == 1


def test_one_loop_that_stands_still_is_seen(
    database: Database, clock: Clock, last: Callable[[], datetime | None]
) -> None:
    life = SignOfLife(database, BOTH)
    note(life)
    first = last()
    for _ in range(3):
        clock.advance(timedelta(seconds=30))
        note(life, "deliveries")
    assert (last(), alive(database)) == (first, 0)
    note(life, "upkeep")
    assert (last() != first, alive(database)) == (True, 1)


def test_it_is_written_every_five_seconds_and_not_at_each_pass(
    database: Database, clock: Clock, last: Callable[[], datetime | None]
) -> None:
    life = SignOfLife(database, BOTH)
    note(life)
    first = last()
    clock.advance(timedelta(seconds=0.5))
    note(life)
    assert last() == first
    clock.advance(timedelta(seconds=4.5))
    note(life)
    second = last()
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(seconds=5)
    assert alive(database) == 1


def test_a_clock_that_was_set_back_silences_nobody(
    database: Database, clock: Clock, last: Callable[[], datetime | None]
) -> None:
    life = SignOfLife(database, BOTH)
    note(life)
    first = last()
    clock.advance(timedelta(hours=-1))
    note(life)
    second = last()
    assert first is not None
    assert second is not None
    assert second < first


def test_each_worker_counts_for_a_minute(database: Database, clock: Clock) -> None:
    for _ in range(2):
        note(SignOfLife(database, BOTH))
    clock.advance(timedelta(seconds=30))
    note(SignOfLife(database, BOTH))
    assert alive(database) == 3
    clock.advance(timedelta(seconds=20))
    assert alive(database) == 3
    clock.advance(timedelta(seconds=15))
    assert alive(database) == 1


def test_whoever_was_silent_for_a_day_is_forgotten_when_another_begins(
    database: Database, clock: Clock, last: Callable[[], datetime | None]
) -> None:
    note(SignOfLife(database, BOTH))
    clock.advance(timedelta(hours=23))
    note(SignOfLife(database, BOTH))
    clock.advance(timedelta(hours=2))
    note(SignOfLife(database, BOTH))
    clock.advance(timedelta(hours=-25))
    with database.reading() as session:
        assert workers_alive(session, database.now() - timedelta(days=1)) == 2


def test_the_last_of_all_is_what_is_told(database: Database, clock: Clock, last: Callable[[], datetime | None]) -> None:
    early, late = SignOfLife(database, BOTH), SignOfLife(database, BOTH)
    note(early)
    clock.advance(timedelta(seconds=10))
    note(late)
    told = last()
    assert told is not None
    assert database.now() - told < timedelta(seconds=9)
