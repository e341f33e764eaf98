"""The worker's loop: woken by commits, by other processes, by a returned database; and ended politely."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.outbox import outbox_messages
from casestatus.settings import Environment, Limits, Settings
from casestatus.upkeep.silence import SilenceWatch
from casestatus.worker import run_worker, stop_when_told
from tests.notices.town import Town

PATIENCE = 20.0
NEVER = 3600.0  # seconds between polls: whatever is delivered was woken for


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing.generate()


@contextmanager
def working(database: Database, keys: KeyRing, *, poll: float) -> Iterator[threading.Thread]:
    stop = threading.Event()
    limits = Limits(_env_file=None, poll=poll)
    settings = Settings(_env_file=None, environment=Environment.DEMO, notice_hours="00:00-24:00", limits=limits)
    thread = threading.Thread(target=run_worker, args=(settings, database, keys, stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        database.changed.set()
        thread.join()


def until(reached: Callable[[], bool]) -> None:
    patience = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < patience
        time.sleep(0.02)


def test_a_commit_in_this_process_is_delivered_without_polling(database: Database, keys: KeyRing) -> None:
    town = Town(database, keys)
    town.victim("+525511112222")
    with working(database, keys, poll=NEVER):
        town.event()
        until(lambda: town.states() == ["sent"])
    with database.reading() as session:
        (message,) = outbox_messages(session)
        assert (message.channel, message.to, message.subject) == ("sms", "+525511112222", "")
        assert message.body.endswith(f"Ref {town.attempts()[0].reference}")


def test_a_commit_of_another_process_is_delivered(database: Database, keys: KeyRing, database_url: str) -> None:
    elsewhere = Database(database_url)
    town = Town(elsewhere, keys)
    town.victim()
    with working(database, keys, poll=NEVER):
        until(lambda: database.dialect == "sqlite" or listens(elsewhere))
        town.event()
        until(lambda: town.states() == ["sent"])
    elsewhere.close()


def test_what_falls_due_later_leaves_at_its_moment_without_polling(database: Database, keys: KeyRing) -> None:
    town = Town(database, keys)
    town.victim()
    with working(database, keys, poll=NEVER):
        town.event(delay=timedelta(seconds=0.5))
        until(lambda: town.states() == ["sent"])
    [attempt] = town.attempts()
    assert attempt.first_try_at is not None
    assert attempt.first_try_at >= attempt.created_at + timedelta(seconds=0.5)


def test_a_slow_step_of_upkeep_stands_before_no_message(
    database: Database, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, goes_on = threading.Event(), threading.Event()

    def slow(_watch: SilenceWatch) -> bool:
        began.set()
        return not goes_on.wait(PATIENCE)

    monkeypatch.setattr(SilenceWatch, "once", slow)
    town = Town(database, keys)
    town.victim()
    with working(database, keys, poll=NEVER):
        assert began.wait(PATIENCE)
        town.event()
        try:
            until(lambda: town.states() == ["sent"])
        finally:
            goes_on.set()


@pytest.mark.parametrize("holds", ["changed", "stop"])
def test_a_signal_ends_it_whatever_its_main_thread_is_doing(database: Database, holds: str) -> None:
    """As in the middle of a wait for work, in which the main thread holds the event's lock for a moment."""
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    stop = threading.Event()
    stop_when_told(stop, database)
    try:
        with vars({"changed": database.changed, "stop": stop}[holds])["_cond"]:
            signal.raise_signal(signal.SIGTERM)
        assert stop.wait(PATIENCE)
        assert database.changed.wait(PATIENCE)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # a file has no connections to lose
def test_a_worker_outlives_the_loss_of_its_connections(database: Database, keys: KeyRing, database_url: str) -> None:
    elsewhere = Database(database_url)
    town = Town(elsewhere, keys)
    town.victim()
    with working(database, keys, poll=NEVER):
        until(lambda: listens(elsewhere))
        with elsewhere.engine.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            connection.execute(text(f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        until(lambda: listens(elsewhere))
        town.event()
        until(lambda: town.states() == ["sent"])
    elsewhere.close()


def listens(database: Database) -> bool:
    """Whether a worker's connection waits for notifications on this database."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    with database.engine.connect() as connection:
        return connection.execute(text(waiting)).scalar_one() > 0
