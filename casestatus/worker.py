"""The background process: delivers, and does what a new day asks, until it is told to stop. Any number may run."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from queue import SimpleQueue
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.doubts import Doubts
from casestatus.notices.escalating import Escalation
from casestatus.notices.expiring import Expiring
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
from casestatus.telemetry import Log
from casestatus.upkeep.old_counts import OldCounts
from casestatus.upkeep.reminders import Reminders
from casestatus.upkeep.silence import SilenceWatch
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.models import Channel

AT_ONCE = 8
WATCH_EVERY = 0.05  # seconds
if TYPE_CHECKING:
    import psycopg

Step = Callable[[], bool | None]
log = Log()


def main(settings: Settings, *, at_once: int = AT_ONCE) -> None:
    """The process `casestatus worker`: SIGTERM or SIGINT let it finish what it holds."""
    database = Database(settings.database_url, Clock(settings.as_of))
    keys = KeyRing.load(settings.keys)
    stop = threading.Event()
    stop_when_told(stop, database)
    try:
        run_worker(settings, database, keys, stop, at_once=at_once)
    finally:
        database.close()


def stop_when_told(stop: threading.Event, database: Database) -> None:
    """From now on SIGTERM and SIGINT set `stop`, and wake whoever waits for work.

    By a thread of its own: a signal comes between any two steps of the main thread, which may just hold an event's lock
    and would wait for itself for ever. Putting something into this queue waits for nobody.
    """
    told: SimpleQueue[int] = SimpleQueue()

    def end() -> None:
        told.get()
        stop.set()
        database.changed.set()

    threading.Thread(target=end, name="end", daemon=True).start()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: told.put(number))


def run_worker(
    settings: Settings, database: Database, keys: KeyRing, stop: threading.Event, *, at_once: int = AT_ONCE
) -> None:
    """Deliver until `stop` is set; `at_once` messages of a channel are handed over at the same time."""
    ways_out = providers(settings, database)
    alive = SignOfLife(database, ("deliveries", "upkeep"))
    with ThreadPoolExecutor(at_once, thread_name_prefix="upkeep") as pool, _woken_by_others(database, stop):
        steps = _upkeep(settings, database, keys, ways_out, pool, at_once=at_once)
        upkeep = threading.Thread(target=_keep_up, args=(steps, alive, settings, stop), name="upkeep")
        upkeep.start()
        log.info("worker.started", at_once=at_once)
        _deliver(Dispatch(database, keys, settings, ways_out, at_once=at_once), alive, database, stop)
        upkeep.join()
    close_ways(ways_out)
    log.info("worker.stopped")


def _deliver(dispatch: Dispatch, alive: SignOfLife, database: Database, stop: threading.Event) -> None:
    """Nothing but what is due, so that nothing stands before it."""
    while not stop.is_set():
        found_work = _pass(dispatch.once)
        if found_work is not None:
            _pass(partial(alive.note, "deliveries"))
        if not found_work:
            database.changed.wait(dispatch.rest)
    _pass(dispatch.close)


def _upkeep(
    settings: Settings, database: Database, keys: KeyRing, ways_out: Providers, pool: Executor, *, at_once: int
) -> Sequence[Step]:
    """Everything else that is to be done, each a step at a time."""
    steps = [
        Doubts(database, keys, settings, ways_out, pool, at_once=at_once).once,
        Expiring(database, settings, ways_out).once,
        Escalation(database, settings).once,
        Reminders(database, settings.limits).once,
        StallWatch(database, settings.limits).once,
        SilenceWatch(database, settings.limits).once,
        OldCounts(database).once,
    ]
    if by_twilio := [way for way in ways_out[Channel.SMS] if isinstance(way, TwilioSms)]:
        steps.append(FollowUp(database, settings, by_twilio, pool, at_once=at_once).once)
        steps.append(Forgetting(database, settings, by_twilio[0], pool, at_once=at_once).once)
    if settings.email_returns:
        steps.append(ReturnedMail(database, settings).once)
    return steps


def _keep_up(steps: Sequence[Step], alive: SignOfLife, settings: Settings, stop: threading.Event) -> None:
    while not stop.is_set():
        found_work = [_pass(step) for step in steps]
        if None not in found_work:
            _pass(partial(alive.note, "upkeep"))
        if not any(found_work):
            stop.wait(settings.limits.poll)


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


def _pass(step: Step) -> bool | None:
    """One pass; whether another should follow, or None when it failed. The next pass finds what it left."""
    try:
        return bool(step())
    except Exception as problem:  # noqa: BLE001 - the loop must outlive a database that restarts
        log.error("worker.pass_failed", problem=type(problem).__name__)  # its words may hold an address
        return None


@contextmanager
def _woken_by_others(database: Database, stop: threading.Event) -> Iterator[None]:
    """While open, another process ends our wait: by a NOTIFY of any host on PostgreSQL, by any commit on SQLite."""
    listen = _listen if database.dialect == "postgresql" else _watch
    listener = threading.Thread(target=listen, args=(database, stop), name="listener", daemon=True)
    listener.start()
    yield
    listener.join()


def _watch(database: Database, stop: threading.Event) -> None:
    """SQLite tells nobody, but a look at its number of changes costs a few microseconds, and no lock."""
    connection = database.engine.raw_connection()
    seen = None
    while not stop.wait(WATCH_EVERY):
        number = connection.cursor().execute("PRAGMA data_version").fetchone()
        if number != seen:
            database.changed.set()
        seen = number
    connection.close()


def _listen(database: Database, stop: threading.Event) -> None:
    import psycopg  # 9 MB, which a worker on SQLite needn't hold

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


def _set_on_each_notice(connection: "psycopg.Connection", database: Database, stop: threading.Event) -> None:
    while not stop.is_set():
        for _ in connection.notifies(timeout=1, stop_after=1):
            database.changed.set()
