"""The background process: delivers, and does what a new day asks, until it is told to stop. Any number may run."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain

import psycopg
import structlog
from sqlalchemy import make_url

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.escalating import Escalation
from casestatus.notices.following import FollowUp
from casestatus.notices.forgetting import Forgetting
from casestatus.notices.outbox import Outbox
from casestatus.notices.passes import SignOfLife
from casestatus.notices.providers import Provider, Providers
from casestatus.notices.queue import WAKE_UP
from casestatus.notices.returned import ReturnedMail
from casestatus.notices.smtp import SmtpMail
from casestatus.notices.twilio import TwilioSms, twilio_ways
from casestatus.settings import Settings, SmsProvider
from casestatus.upkeep.old_counts import OldCounts
from casestatus.upkeep.reminders import Reminders
from casestatus.upkeep.silence import SilenceWatch
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.models import Channel

AT_ONCE = 8
log = structlog.get_logger()


def main(settings: Settings, *, at_once: int = AT_ONCE) -> None:
    """The process `casestatus worker`: SIGTERM or SIGINT let it finish what it holds."""
    database = Database(settings.database_url, Clock(settings.as_of))
    keys = KeyRing.load(settings.keys)
    stop = threading.Event()

    def stop_soon(_signal: int, _frame: object) -> None:
        stop.set()
        database.changed.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop_soon)
    try:
        run_worker(settings, database, keys, stop, at_once=at_once)
    finally:
        database.close()


def run_worker(
    settings: Settings, database: Database, keys: KeyRing, stop: threading.Event, *, at_once: int = AT_ONCE
) -> None:
    """Deliver until `stop` is set; `at_once` messages are handed over at the same time."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="delivery") as pool, _woken_by_others(database, stop):
        ways_out = providers(settings, database)
        steps = [Dispatch(database, keys, settings, ways_out, pool, at_once=at_once).once]
        steps += [
            Escalation(database, settings).once,
            Reminders(database, settings.limits).once,
            StallWatch(database, settings.limits).once,
            SilenceWatch(database, settings.limits).once,
            OldCounts(database).once,
        ]
        steps += [
            after(database, settings, provider, pool, at_once=at_once).once
            for provider, *_ in ways_out.values()
            if isinstance(provider, TwilioSms)
            for after in (FollowUp, Forgetting)
        ]
        if settings.email_returns:
            steps.append(ReturnedMail(database, settings).once)
        alive = SignOfLife(database)
        log.info("worker.started", at_once=at_once)
        while not stop.is_set():
            database.changed.clear()
            found_work = [_pass(step) for step in steps]
            if None not in found_work:
                _pass(alive.note)
            if not any(found_work):
                database.changed.wait(settings.limits.poll)
        close_ways(ways_out)
        log.info("worker.stopped")


def providers(settings: Settings, database: Database) -> Providers:
    """The ways out for each channel."""
    uses_twilio = settings.sms_provider is SmsProvider.TWILIO
    sms: Sequence[Provider] = twilio_ways(settings) if uses_twilio else [Outbox(database, Channel.SMS)]
    email: Provider = SmtpMail(settings) if settings.sends_email else Outbox(database, Channel.EMAIL)
    return {Channel.SMS: sms, Channel.EMAIL: [email]}


def close_ways(ways_out: Providers) -> None:
    """End what they keep open."""
    for way in chain.from_iterable(ways_out.values()):
        if isinstance(way, SmtpMail):
            way.close()


def _pass(step: Callable[[], bool | None]) -> bool | None:
    """One pass; whether another should follow, or None when it failed. The next pass finds what it left."""
    try:
        return step()
    except Exception as problem:  # noqa: BLE001 - the loop must outlive a database that restarts
        log.error("worker.pass_failed", problem=type(problem).__name__)  # its words may hold an address
        return None


@contextmanager
def _woken_by_others(database: Database, stop: threading.Event) -> Iterator[None]:
    """While open, a NOTIFY of any host on PostgreSQL ends the wait between two passes. SQLite is only polled."""
    if database.dialect != "postgresql":
        yield
        return
    listener = threading.Thread(target=_listen, args=(database, stop), name="listener", daemon=True)
    listener.start()
    yield
    listener.join()


def _listen(database: Database, stop: threading.Event) -> None:
    url = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    while not stop.is_set():
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"LISTEN {WAKE_UP}")
                database.changed.set()  # what was sent while nobody listened
                _set_on_each_notice(connection, database, stop)
        except psycopg.OperationalError:
            log.warning("worker.listener_lost")
            stop.wait(1)


def _set_on_each_notice(connection: psycopg.Connection, database: Database, stop: threading.Event) -> None:
    while not stop.is_set():
        for _ in connection.notifies(timeout=1, stop_after=1):
            database.changed.set()
