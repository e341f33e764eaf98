"""Two transactions that wait for each other: PostgreSQL ends one, which is run again, or one sees the other's end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.following import FollowUp
from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.providers import Delivered, Report, Undelivered
from casestatus.notices.settling import Settlement
from casestatus.notices.twilio import twilio_ways
from casestatus.settings import Settings
from casestatus.victims.models import Channel, Contact
from casestatus.victims.new_contacts import Address, SafeHours, keep_contact
from tests.e2e.processes import until
from tests.notices.conftest import PUBLIC_URL, Callbacks, Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
NUMBER = "+525511112222"


@contextmanager
def loser(database: Database) -> Iterator[None]:
    """Whoever begins now is the one that PostgreSQL ends when two wait for each other."""

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL deadlock_timeout = '400ms'")

    event.listen(database.engine, "begin", begins)
    yield
    event.remove(database.engine, "begin", begins)


def clash(database: Database, first: Any, then: Any, act: Callable[[], Any]) -> Any:
    """What `act` tells, which holds what `then` asks for and waits for what `first` holds."""
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as other:
            other.execute(text("SET LOCAL deadlock_timeout = '10s'"))
            other.execute(first)
            with loser(database):
                acting = pool.submit(act)
                until(lambda: waits(other), "a wait")
            other.execute(then)
        return acting.result()


def waits(session: Session) -> bool:
    return bool(session.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


class Asking(ThreadPoolExecutor):
    """Threads that ask a provider only when they are told to go on."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.asked, self.go_on = Event(), Event()

    def map(self, *work: Any, **options: Any) -> Iterator[Any]:
        self.asked.set()
        assert self.go_on.wait(5)
        return super().map(*work, **options)


@pytest.mark.parametrize("kind", ["receipt", "stop"])
def test_a_callback_whose_transaction_was_given_up_is_taken(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks, database: Database, kind: str
) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    if kind == "receipt":
        town.event()
        deliveries.all_due()
        callback = twilio.receipt(twilio.ledger.accepted[0].sid, "undelivered", 30003)
    else:
        town.event()
        callback = twilio.incoming(f"{PUBLIC_URL}/webhooks/twilio/inbound", NUMBER, "BAJA")
    held = select(Contact.id).where(Contact.id == contact).with_for_update()
    asked = select(DeliveryAttempt.id).order_by(DeliveryAttempt.id).limit(1).with_for_update()

    assert clash(database, held, asked, lambda: callbacks.send(callback)) == (204 if kind == "receipt" else 200)

    if kind == "receipt":
        assert town.states() == ["undelivered"]
    else:
        assert town.contact_row(contact).stopped_at is not None


def test_a_follow_up_holds_every_message_before_it_writes_of_one(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings, database: Database
) -> None:
    victims = [town.victim(NUMBER), town.victim(NUMBER)]
    town.event()
    deliveries.all_due()
    for message in twilio.ledger.accepted:
        twilio.receipt(message.sid, "undelivered", 30003)  # made, and lost on its way
    first, second = (attempt.id for attempt in town.attempts())
    deliveries.clock.advance(timedelta(hours=2))
    follow_up = FollowUp(database, settings, twilio_ways(settings), deliveries.pool, at_once=4)
    holding = select(DeliveryAttempt.id).where(DeliveryAttempt.id == second).with_for_update()
    asking = select(Contact.id).where(Contact.victim_id.in_(victims)).order_by(Contact.id).with_for_update()

    with Asking(4) as provider_pool:
        follow_up = FollowUp(database, settings, twilio_ways(settings), provider_pool, at_once=4)
        with ThreadPoolExecutor(1) as pool:
            acting = pool.submit(follow_up.once)
            assert provider_pool.asked.wait(5)

            def go_on() -> bool:
                provider_pool.go_on.set()
                return acting.result()

            assert clash(database, holding, asking, go_on)

    assert first < second
    assert town.states() == ["undelivered", "undelivered"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_messages_of_a_notice_that_end_together_leave_it_proved_and_nobody_to_seek_her(
    town: Town, deliveries: Deliveries, settings: Settings, database: Database, order: tuple[int, int]
) -> None:
    town.contact(town.victim(NUMBER), "+525511113333")
    town.event()
    deliveries.all_due()
    deliveries.later(hours=24.1)
    assert town.states() == ["sent", "sent"]
    reports: list[Report] = [Delivered(), Undelivered("30003")]
    ends = list(zip([attempt.id for attempt in town.attempts()], reports, strict=True))

    def end(session: Session, number: int) -> None:
        attempt_id, report = ends[number]
        attempt = session.get_one(DeliveryAttempt, attempt_id, with_for_update=True)
        Settlement(session, now=database.now(), settings=settings).report(attempt, report)
        session.flush()

    def end_second() -> None:
        with database.writing() as session:
            end(session, order[1])

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            end(session, order[0])
            ending = pool.submit(end_second)
            until(lambda: waits(session), "a wait")
        ending.result()
    assert (town.states(), town.notice_states()) == (["delivered", "undelivered"], ["proved"])
    assert [task for task in town.tasks() if task.resolved_at is None] == []


def test_a_stop_holds_for_a_contact_that_is_added_at_the_same_moment(
    town: Town, keys: KeyRing, twilio: TwilioStandIn, callbacks: Callbacks, database: Database
) -> None:
    town.victim(NUMBER)
    other, address = town.victim(contacts=0), Address(Channel.SMS, NUMBER, NUMBER[-2:])
    stop = twilio.incoming(f"{PUBLIC_URL}/webhooks/twilio/inbound", NUMBER, "BAJA")
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            when = SafeHours(None, "America/Mexico_City")
            added = keep_contact(session, other, address, when, most=5, keys=keys, now=database.now()).id
            stopping = pool.submit(callbacks.send, stop)
            until(lambda: stopping.done() or waits(session), "the stop, or its wait")
        assert stopping.result() == 200
    assert town.contact_row(added).stopped_at is not None
