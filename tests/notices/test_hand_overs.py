"""Messages that are held ahead of the threads: none leaves too late, unwanted, or among too many in a second."""

import math
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from threading import Thread
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.dispatch import SEND_WITHIN, Dispatch
from casestatus.notices.hand_overs import EARLY, WAITS, ahead, lately
from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.providers import Answer, Message
from casestatus.settings import Settings
from casestatus.victims.models import Channel, Contact
from tests.log_lines import log_lines
from tests.notices.conftest import Deliveries
from tests.notices.test_gate import busiest_second, with_limits
from tests.notices.town import Town
from tests.notices.ways import Way, finish, until
from tests.standins.twilio import TwilioStandIn

RATE = 10


@pytest.fixture
def dispatch(database: Database, keys: KeyRing, settings: Settings, way: Way) -> Iterator[Dispatch]:
    """One thread, at a provider that answered a first message so fast that two more may wait."""
    with Dispatch(database, keys, settings, {Channel.SMS: [way]}, at_once=1) as working:
        yield working
        way.open.set()


class Waiting(NamedTuple):
    """Somebody whose message waits, and where it goes."""

    number: str
    contact_id: UUID


def in_hand(town: Town, dispatch: Dispatch, way: Way) -> Sequence[Waiting]:
    """Three people: the first one's message is at the provider until `finish`, the others' wait for the thread."""
    people = three_are_due(town, dispatch, way)
    assert town.states() == ["sent"] + ["sending"] * 3
    return people


def three_are_due(town: Town, dispatch: Dispatch, way: Way) -> Sequence[Waiting]:
    """After one message that left at once, and at a provider that takes no more until `finish`."""
    first = town.contact(town.victim(contacts=0))
    town.event()
    until(lambda: not dispatch.once())
    town.change(Contact, first, stopped_at=town.database.now())
    numbers = [town.new_number() for _ in range(3)]
    people = [Waiting(number, town.contact(town.victim(contacts=0), number)) for number in numbers]
    way.taken.clear()
    way.open.clear()
    town.event()
    dispatch.once()
    return people


def test_nothing_waits_where_nobody_can_ask_what_a_killed_worker_had_sent(
    town: Town, database: Database, keys: KeyRing, settings: Settings
) -> None:
    way = Way(can_find=False)
    with Dispatch(database, keys, settings, {Channel.SMS: [way]}, at_once=1) as dispatch:
        three_are_due(town, dispatch, way)
        assert town.states() == ["sent", "sending", "pending", "pending"]
        finish(dispatch, way)
    assert town.states() == ["sent"] * 4


def test_what_is_about_to_be_due_is_held_already_and_leaves_not_before(
    town: Town, database: Database, keys: KeyRing, settings: Settings, clock: Clock
) -> None:
    left_at = []

    class Watched(Way):
        def hand_over(self, message: Message) -> Answer:
            left_at.append(database.now())
            return super().hand_over(message)

    town.victim()
    town.event(delay=timedelta(minutes=1))
    (waiting,) = town.attempts()
    with Dispatch(database, keys, settings, {Channel.SMS: [Watched()]}, at_once=1) as dispatch:
        clock.advance(waiting.due_at - timedelta(seconds=settings.limits.poll) / 2 - database.now())
        asked_at = database.now()
        dispatch.once()
        assert 0 < dispatch.rest <= (waiting.due_at - EARLY - asked_at).total_seconds()
        clock.advance(waiting.due_at - EARLY / 2 - database.now())
        until(lambda: not dispatch.once() and bool(left_at))
    assert left_at[0] >= waiting.due_at
    (sent,) = town.attempts()
    assert (sent.state, sent.tries, sent.first_try_at) == ("sent", 1, waiting.due_at)


def test_where_nobody_can_ask_nothing_is_held_before_it_is_due(
    town: Town, database: Database, keys: KeyRing, settings: Settings
) -> None:
    way = Way(can_find=False)
    town.victim()
    town.event(delay=timedelta(hours=1))
    (attempt,) = town.attempts()
    with Dispatch(database, keys, settings, {Channel.SMS: [way]}, at_once=1) as dispatch:
        town.change(DeliveryAttempt, attempt.id, due_at=database.now() + EARLY)
        dispatch.once()
        assert (town.states(), way.taken) == (["pending"], [])
        until(lambda: not dispatch.once() and town.states() == ["sent"])


def test_what_was_held_early_goes_back_when_the_clock_was_set_back_meanwhile(
    town: Town, dispatch: Dispatch, way: Way, clock: Clock
) -> None:
    people = in_hand(town, dispatch, way)
    clock.advance(timedelta(hours=-1))
    finish(dispatch, way)
    assert [to for to, _ in way.taken] == [people[0].number]
    assert town.states() == ["sent", "sent", "pending", "pending"]
    clock.advance(timedelta(hours=1))
    finish(dispatch, way)
    assert town.states() == ["sent"] * 4


def test_who_says_stop_while_her_message_waits_is_not_written_to(town: Town, dispatch: Dispatch, way: Way) -> None:
    people = in_hand(town, dispatch, way)
    town.change(Contact, people[1].contact_id, stopped_at=town.database.now())
    finish(dispatch, way)
    assert [to for to, _ in way.taken] == [people[0].number, people[2].number]
    assert town.states() == ["sent", "sent", "cancelled", "sent"]


def test_what_waited_too_long_for_its_permit_goes_back_and_is_held_anew(
    town: Town, database: Database, keys: KeyRing, settings: Settings, way: Way
) -> None:
    lease = 1.0
    usable = 0.3 * lease
    with Dispatch(database, keys, with_limits(settings, lease=lease), {Channel.SMS: [way]}, at_once=1) as dispatch:
        in_hand(town, dispatch, way)
        time.sleep(2 * usable)
        finish(dispatch, way)
    assert len({to for to, _ in way.taken}) == len(way.taken) == 3
    for attempt, (_, at) in list(zip(town.attempts()[1:], way.taken, strict=True))[1:]:
        assert attempt.first_try_at is not None
        assert at - attempt.first_try_at.timestamp() < usable
        assert (attempt.state, attempt.tries) == ("sent", 1)


def test_a_worker_told_to_stop_ends_what_it_began_and_gives_back_what_waits(
    town: Town, database: Database, keys: KeyRing, settings: Settings, way: Way
) -> None:
    dispatch = Dispatch(database, keys, settings, {Channel.SMS: [way]}, at_once=1)
    people = in_hand(town, dispatch, way)
    ending = Thread(target=dispatch.close)
    ending.start()
    time.sleep(0.1)
    way.open.set()
    ending.join()
    assert [to for to, _ in way.taken] == [people[0].number]
    told = [(attempt.state, attempt.tries) for attempt in town.attempts()[1:]]
    assert told == [("sent", 1), ("pending", 0), ("pending", 0)]


def test_what_came_back_while_the_database_failed_is_written_down_later(
    town: Town, database: Database, dispatch: Dispatch, way: Way, clock: Clock
) -> None:
    in_hand(town, dispatch, way)
    rename(database, "notice", "elsewhere")
    way.open.set()
    until(lambda: fails(dispatch))
    rename(database, "elsewhere", "notice")
    finish(dispatch, way)
    clock.advance(timedelta(seconds=10))  # two couldn't be read, and are tried again
    finish(dispatch, way)
    assert town.states() == ["sent"] * 4
    assert len({to for to, _ in way.taken}) == len(way.taken) == 3


def fails(dispatch: Dispatch) -> bool:
    """Whether a turn raises, as the worker's loop expects of a database that is away."""
    try:
        dispatch.once()
    except DatabaseError:
        return True
    return False


def rename(database: Database, table: str, new: str) -> None:
    with database.writing() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {new}"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_what_somebody_else_is_writing_is_waited_for_and_not_asked_for_without_end(
    town: Town, database: Database, dispatch: Dispatch, settings: Settings
) -> None:
    town.victim()
    town.event()
    with database.writing() as session:
        session.execute(select(DeliveryAttempt).with_for_update())
        assert not dispatch.once()
        assert dispatch.rest == settings.limits.poll
    until(lambda: not dispatch.once())
    assert town.states() == ["sent"]


class Breaks(Way):
    """Nobody knows what its provider took before it raised."""

    def hand_over(self, message: Message) -> Answer:
        super().hand_over(message)
        raise RuntimeError


def test_what_broke_after_it_had_begun_is_left_to_its_lease_and_never_sent_without_a_look(
    town: Town, database: Database, keys: KeyRing, settings: Settings
) -> None:
    broken = Breaks()
    town.victim()
    town.event()
    dispatch = Dispatch(database, keys, settings, {Channel.SMS: [broken]}, at_once=1)
    with pytest.raises(RuntimeError):
        until(lambda: not dispatch.once())
    dispatch.close()
    assert (town.states(), len(broken.taken)) == (["sending"], 1)


def test_what_could_not_be_read_is_told_to_the_operator(
    town: Town, database: Database, dispatch: Dispatch, way: Way
) -> None:
    in_hand(town, dispatch, way)
    rename(database, "notice", "elsewhere")
    with log_lines() as lines:
        way.open.set()
        until(lambda: fails(dispatch))
        until(lambda: fails(dispatch) and any(line["event"] == "delivery.unreadable" for line in lines))
    rename(database, "elsewhere", "notice")
    unreadable = [line for line in lines if line["event"] == "delivery.unreadable"]
    assert {line["attempt"] for line in unreadable} <= {str(attempt.id) for attempt in town.attempts()}
    assert {line["problem"] for line in unreadable} <= {"OperationalError", "ProgrammingError"}
    finish(dispatch, way)


def test_a_message_knows_until_when_it_may_be_given_away(
    town: Town, database: Database, keys: KeyRing, settings: Settings
) -> None:
    ends = []

    class Asked(Way):
        def hand_over(self, message: Message) -> Answer:
            ends.append(message.send_before)
            return super().hand_over(message)

    town.victim()
    town.event()
    before, usable = time.monotonic(), SEND_WITHIN * settings.limits.lease
    with Dispatch(database, keys, settings, {Channel.SMS: [Asked()]}, at_once=1) as dispatch:
        until(lambda: not dispatch.once())
    assert before + usable <= ends[0] <= time.monotonic() + usable


def test_a_slow_channel_holds_up_no_other(
    town: Town, database: Database, keys: KeyRing, settings: Settings, way: Way
) -> None:
    mail = Way(Channel.EMAIL)
    way.open.clear()
    for channel in Channel:
        town.contact(town.victim(contacts=0), channel=channel)
    town.event()
    with Dispatch(database, keys, settings, {Channel.SMS: [way], Channel.EMAIL: [mail]}, at_once=1) as dispatch:
        until(lambda: dispatch.once() and town.states() == ["sending", "sent"])
        way.open.set()


def test_nothing_that_waits_is_given_to_a_sender_that_began_to_fail(
    town: Town, database: Database, keys: KeyRing, settings: Settings, clock: Clock, twilio: TwilioStandIn
) -> None:
    """As many as are handed over at once find out; the rest goes back, and is sent when it works again."""
    working = Deliveries(database, keys, with_limits(settings, breaker_failures=4), clock)
    for _ in range(12):
        town.victim()
    town.event()
    working.all_due()
    twilio.behaviour.shares = {"failing": 1.0}
    town.event()
    working.all_due()
    assert len(twilio.ledger.refusals) == 4
    assert {attempt.tries for attempt in town.attempts() if attempt.state == "pending"} == {0, 1}
    twilio.behaviour.shares = {}
    for _ in range(3):
        working.later(minutes=3)
    working.close()
    assert town.states() == ["sent"] * 24


class Slow(Way):
    """Nobody can say when it counts a message: somewhere between the call and its answer."""

    per_second: int | None = RATE

    def hand_over(self, message: Message) -> Answer:
        time.sleep(random.uniform(0, 0.3))
        answer = super().hand_over(message)
        time.sleep(random.uniform(0, 0.1))
        return answer


def test_no_second_of_a_slow_provider_holds_more_than_the_rate(
    town: Town, database: Database, database_url: str, keys: KeyRing, settings: Settings
) -> None:
    slow, elsewhere = Slow(), Database(database_url)
    for _ in range(40):
        town.victim()
    town.event()
    with (
        Dispatch(database, keys, settings, {Channel.SMS: [slow]}, at_once=4) as one,
        Dispatch(elsewhere, keys, settings, {Channel.SMS: [slow]}, at_once=4) as other,
    ):
        beside = Thread(target=until, args=(lambda: not other.once() and len(slow.taken) == 40,))
        beside.start()
        until(lambda: not one.once() and len(slow.taken) == 40)
        beside.join()
    elsewhere.close()
    assert len({to for to, _ in slow.taken}) == 40
    assert busiest_second([at for _, at in slow.taken]) <= RATE


@pytest.mark.parametrize(("answer_seconds", "waiting"), [(0.001, 16), (0.125, 16), (0.25, 8), (1.0, 2), (9.0, 0)])
def test_the_slower_the_provider_answers_the_fewer_wait(answer_seconds: float, waiting: int) -> None:
    assert ahead(8, answer_seconds) == waiting
    assert waiting / 8 * answer_seconds <= WAITS


def test_one_answer_moves_what_is_known_of_the_others_by_a_fifth() -> None:
    assert lately(math.inf, 0.2) == 0.2
    assert lately(0.2, 1.2) == pytest.approx(0.4)
    assert lately(0.4, 0.0) == pytest.approx(0.32)


def test_while_nobody_knows_how_fast_it_answers_none_waits() -> None:
    assert ahead(8, float("inf")) == 0
