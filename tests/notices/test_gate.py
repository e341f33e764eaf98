"""The fleet keeps under the account's rate, leaves a failing sender alone, and goes by the second one meanwhile."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.breaker import Stand
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.gate import Gate, NotNow, Permit, stands
from casestatus.notices.models import ProviderRate, SenderBreaker
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings
from casestatus.victims.models import ContactPolicy, Victim
from casestatus.worker import providers
from tests.log_lines import log_lines
from tests.notices.conftest import Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn

SERVICE, SECOND = "MG" + "0a" * 16, "MG" + "0b" * 16


def with_limits(settings: Settings, **limits: float) -> Settings:
    return settings.with_changes(limits=settings.limits.model_copy(update=limits))


def senders(twilio: TwilioStandIn) -> list[str]:
    return [message.parameters.get("MessagingServiceSid", "") for message in twilio.ledger.accepted]


def busiest_second(moments: list[float]) -> int:
    return max(sum(at <= other < at + 1 for other in moments) for at in moments)


class Fleet:
    """Several workers, each with a database connection pool of its own, until the queue is empty."""

    def __init__(self, url: str, keys: KeyRing, settings: Settings, clock: Clock, *, size: int) -> None:
        self.url, self.keys, self.settings, self.clock, self.size = url, keys, settings, clock, size

    def empty_the_queue(self, town: Town) -> None:
        with ThreadPoolExecutor(self.size) as together:
            for working in [together.submit(self._work, town) for _ in range(self.size)]:
                working.result()

    def _work(self, town: Town) -> None:
        with ExitStack() as opened:
            database = Database(self.url, self.clock)
            opened.callback(database.close)
            ways = providers(self.settings, database)
            dispatch = opened.enter_context(Dispatch(database, self.keys, self.settings, ways, at_once=4))
            patience = time.monotonic() + 60
            while {"pending", "sending"} & set(town.states()):
                assert time.monotonic() < patience
                if not dispatch.once():
                    time.sleep(0.02)


def test_three_workers_together_keep_under_the_rate_in_every_second(
    town: Town, database_url: str, settings: Settings, clock: Clock, twilio: TwilioStandIn
) -> None:
    settings = with_limits(settings, sms_per_second=20)
    for _ in range(60):
        town.victim()
    town.event()
    twilio.behaviour.latency_seconds = 0.02
    Fleet(database_url, town.keys, settings, clock, size=3).empty_the_queue(town)
    moments = [message.at for message in twilio.ledger.accepted]
    assert len(moments) == 60
    assert busiest_second(moments) <= 20


def test_what_the_rate_holds_back_is_not_taken_and_leaves_in_its_order(
    town: Town, settings: Settings, database: Database, clock: Clock, twilio: TwilioStandIn
) -> None:
    for number in range(12):
        town.victim(f"+52551111{number:04d}")
    town.event()
    slow = with_limits(settings, sms_per_second=5)
    with Dispatch(database, town.keys, slow, providers(slow, database), at_once=1) as dispatch:
        while dispatch.once():
            pass
    assert {(attempt.state.value, attempt.tries) for attempt in town.attempts()} == {("sent", 1)}
    told = [message.parameters["To"] for message in twilio.ledger.accepted]
    assert told == sorted(told)


def test_a_retry_after_holds_the_whole_account(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, database: Database
) -> None:
    twilio.behaviour.next, twilio.behaviour.retry_after = ["throttled"], 120
    town.victim()
    town.event()
    deliveries.all_due()
    town.victim()
    town.event()
    deliveries.all_due()
    assert len(twilio.ledger.accepted) == 0
    deliveries.later(seconds=121)
    assert set(town.states()) == {"sent"}


@pytest.fixture
def two_senders(settings: Settings) -> Settings:
    return with_limits(settings.with_changes(twilio_second_sender=SECOND), breaker_failures=5)


@pytest.fixture
def by_two(database: Database, keys: KeyRing, two_senders: Settings, clock: Clock) -> Iterator[Deliveries]:
    working = Deliveries(database, keys, two_senders, clock)
    yield working
    working.close()


def test_a_blocked_sender_is_replaced_by_the_second_and_nothing_leaves_twice(
    town: Town, by_two: Deliveries, twilio: TwilioStandIn
) -> None:
    for _ in range(6):
        town.victim()
    twilio.behaviour.blocked_senders = [SERVICE]
    town.event()
    by_two.all_due()
    by_two.later(seconds=30)
    assert set(town.states()) == {"sent"}
    assert senders(twilio) == [SECOND] * 6
    assert len({message.parameters["To"] for message in twilio.ledger.accepted}) == 6


def test_an_operator_can_read_how_each_sender_stands_that_ever_failed(
    town: Town, by_two: Deliveries, twilio: TwilioStandIn, database: Database
) -> None:
    def told() -> dict[str, Stand]:
        with database.reading() as session:
            return stands(session, database.now())

    town.victim()
    twilio.behaviour.blocked_senders = [SERVICE]
    town.event()
    assert told() == {}
    by_two.all_due()
    by_two.later(seconds=45)
    assert told() == {"twilio": Stand.OPEN}
    by_two.clock.advance(timedelta(minutes=2))
    assert told() == {"twilio": Stand.HALF_OPEN}


def test_an_operator_is_told_when_a_sender_is_left_alone_and_when_it_works_and_of_no_trial_that_told_nothing(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    """Whoever asked for silence meanwhile is written to by nobody: such a trial shows nothing."""
    victim = town.victim()
    twilio.behaviour.blocked_senders = [SERVICE]
    with log_lines() as lines:
        town.event()
        deliveries.all_due()
        town.change(Victim, victim, contact_policy=ContactPolicy.PAUSED)
        deliveries.later(hours=1)
        assert town.states() == ["cancelled"]
        twilio.behaviour.blocked_senders = []
        town.victim()
        town.event()
        deliveries.all_due()
    assert [line["stand"] for line in lines if line["event"] == "sender.stands"] == ["open", "closed"]


def test_the_first_sender_is_taken_back_when_it_works_again(
    town: Town, by_two: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim()
    twilio.behaviour.blocked_senders = [SERVICE]
    town.event()
    by_two.all_due()
    by_two.later(seconds=45)
    twilio.behaviour.blocked_senders = []
    by_two.later(minutes=2)
    town.event()
    by_two.all_due()
    assert senders(twilio) == [SECOND, SERVICE]


def test_what_the_first_sender_may_have_taken_never_leaves_by_the_second(
    town: Town, by_two: Deliveries, twilio: TwilioStandIn
) -> None:
    """Accepted and then hung up, until the first is left alone: each is looked for, and found, before anything else.

    Only what the first was never given goes by the second.
    """
    for _ in range(8):
        town.victim()
    twilio.behaviour.next = ["closed"] * 8
    town.event()
    by_two.all_due()
    for _ in range(5):
        by_two.later(seconds=61)
    assert set(town.states()) == {"sent"}
    assert senders(twilio) == [SERVICE] * 5 + [SECOND] * 3
    assert len({message.parameters["To"] for message in twilio.ledger.accepted}) == 8


def test_while_no_sender_works_one_message_tries_it_and_the_others_wait(
    town: Town, database: Database, keys: KeyRing, settings: Settings, clock: Clock, twilio: TwilioStandIn
) -> None:
    working = Deliveries(database, keys, with_limits(settings, breaker_failures=4), clock)
    for _ in range(12):
        town.victim()
    twilio.behaviour.shares = {"failing": 1.0}
    town.event()
    working.all_due()
    tried = len(twilio.ledger.refusals)
    assert tried == 4
    working.later(seconds=30)
    assert len(twilio.ledger.refusals) == tried
    working.later(seconds=31)
    assert len(twilio.ledger.refusals) == tried + 1
    twilio.behaviour.shares = {}
    for _ in range(3):
        working.later(minutes=3)
    working.close()
    assert set(town.states()) == {"sent"}


def test_what_waits_two_days_for_a_dead_provider_goes_to_the_office(
    town: Town, database: Database, keys: KeyRing, settings: Settings, clock: Clock, twilio: TwilioStandIn
) -> None:
    working = Deliveries(database, keys, with_limits(settings, breaker_failures=4), clock)
    for _ in range(12):
        town.victim()
    twilio.behaviour.shares = {"failing": 1.0}
    town.event()
    working.all_due()
    for _ in range(25):
        working.later(hours=4)
    working.close()
    assert set(town.states()) == {"expired"}
    assert set(town.notice_states()) == {"for_the_office"}


def test_a_worker_that_dies_with_its_permit_gives_the_fleet_its_tokens_back(
    database: Database, settings: Settings
) -> None:
    gate, way = Gate(settings.limits), TwilioSms(with_limits(settings, sms_per_second=4))
    with database.writing() as session:
        now = database.now()
        permit = gate.admit(session, [way], limit=8, usable_until=now + timedelta(seconds=1), now=now)
        assert isinstance(permit, Permit)
        assert permit.number == 4
        gate.take(session, permit, 4, now)
        refused = gate.admit(session, [way], limit=8, usable_until=now, now=now)
        assert isinstance(refused, NotNow)
        later = refused.until
        assert isinstance(gate.admit(session, [way], limit=8, usable_until=later, now=later), Permit)


def test_the_rows_name_no_case_and_no_number(town: Town, deliveries: Deliveries, database: Database) -> None:
    town.victim("+525511112222")
    town.event()
    deliveries.all_due()
    with database.reading() as session:
        rate = session.get_one(ProviderRate, "twilio")
        assert [len(taken) for taken in rate.taken] == [3]
        assert "5511112222" not in str(rate.taken)
        assert session.get(SenderBreaker, "twilio") is None
