"""The worker's turn, on SQLite and PostgreSQL: what it holds, what it leaves alone, and when it looks again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.breaker import Stand
from casestatus.notices.dispatch import SEND_WITHIN, Dispatch
from casestatus.notices.gate import stands
from casestatus.notices.models import ProviderRate, SenderBreaker
from casestatus.notices.providers import Answer, Later, Message, Refused
from casestatus.settings import Settings
from casestatus.victims.models import Channel, Contact
from tests.notices.test_gate import with_limits
from tests.notices.town import Town
from tests.notices.ways import Way, finish, until

Making = Callable[..., Dispatch]
TURNS_OF_A_SECOND = 40  # at most: one waits 50 ms for what is out, or a quarter of a second for a token


@pytest.fixture
def dispatching(database: Database, keys: KeyRing, settings: Settings, way: Way) -> Iterator[Making]:
    """Makes workers of so many threads, that are ended after the test."""
    made: list[Dispatch] = []

    def make(at_once: int = 1, **limits: float) -> Dispatch:
        of = with_limits(settings, **limits)
        made.append(Dispatch(database, keys, of, {Channel.SMS: [way]}, at_once=at_once))
        return made[-1]

    yield make
    way.open.set()
    for working in made:
        working.close()


def owe(town: Town, people: int) -> list[Contact]:
    """So many people more, and an event that they all are to be told of; their contacts."""
    contacts = [town.contact(town.victim(contacts=0)) for _ in range(people)]
    town.event()
    return [town.contact_row(contact) for contact in contacts]


@pytest.fixture
def writes(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When each transaction was begun that may write."""
    begun: list[datetime] = []
    writing = database.writing

    def noted() -> AbstractContextManager[Session]:
        begun.append(database.now())
        return writing()

    monkeypatch.setattr(database, "writing", noted)
    return begun


def rest_over(database: Database, way: Way) -> None:
    """The sender was left alone for a while, which is over: one message is to show whether it works."""
    row = SenderBreaker(sender=way.sender, failures=[], openings=1, open_until=database.now() - timedelta(seconds=1))
    with database.writing() as session:
        session.add(row)


def stand(database: Database, way: Way) -> Stand | None:
    with database.reading() as session:
        return stands(session, database.now()).get(way.sender)


def taken(database: Database, way: Way) -> list[tuple[int, datetime]]:
    """The account's tokens that are out: how many, and until when."""
    with database.reading() as session:
        row = session.get_one(ProviderRate, way.name)
        return [(int(number), datetime.fromtimestamp(float(at), database.now().tzinfo)) for _, number, at in row.taken]


def test_a_token_is_out_for_as_long_as_its_message_may_yet_leave(
    town: Town, database: Database, dispatching: Making, way: Way, settings: Settings
) -> None:
    way.per_second = 10
    way.open.clear()
    owe(town, 1)
    before = database.now()
    dispatching().once()
    ((number, at),) = taken(database, way)
    usable = timedelta(seconds=SEND_WITHIN * settings.limits.lease)
    assert number == 1
    assert before + usable <= at <= database.now() + usable


def test_the_token_of_a_message_that_never_left_is_back_at_once(
    town: Town, database: Database, dispatching: Making, way: Way
) -> None:
    way.per_second = 10
    (contact,) = owe(town, 1)
    town.change(Contact, contact.id, stopped_at=database.now())
    dispatch = dispatching()
    until(lambda: not dispatch.once())
    assert (town.states(), way.taken, taken(database, way)) == (["cancelled"], [], [])


def test_while_all_threads_are_busy_nothing_is_written(
    town: Town, dispatching: Making, way: Way, writes: list[datetime]
) -> None:
    way.open.clear()
    owe(town, 3)
    dispatch = dispatching()
    dispatch.once()
    writes.clear()
    for _ in range(3):
        assert dispatch.once()
    assert writes == []
    finish(dispatch, way)
    assert town.states() == ["sent"] * 3


def test_what_is_out_counts_among_the_failures_that_it_may_become(town: Town, dispatching: Making, way: Way) -> None:
    way.open.clear()
    dispatch = dispatching(at_once=4, breaker_failures=2)
    owe(town, 1)
    dispatch.once()
    owe(town, 4)
    dispatch.once()
    assert sorted(town.states()) == ["pending"] * 4 + ["sending"] * 2
    finish(dispatch, way)


def test_a_sender_under_trial_is_given_one_message_by_the_whole_fleet(
    town: Town, database: Database, dispatching: Making, way: Way
) -> None:
    rest_over(database, way)
    owe(town, 3)
    way.open.clear()
    one, other = dispatching(at_once=4), dispatching(at_once=4)
    for _ in range(2):
        one.once()
        other.once()
    assert sorted(town.states()) == ["pending", "pending", "sending"]
    way.open.set()
    until(lambda: not one.once() and town.states() == ["sent"] * 3)
    assert stand(database, way) is Stand.CLOSED


def test_a_trial_that_told_nothing_is_followed_by_the_next_at_once(
    town: Town, database: Database, dispatching: Making, way: Way
) -> None:
    rest_over(database, way)
    silent, _ = owe(town, 2)
    town.change(Contact, silent.id, stopped_at=database.now())
    dispatch = dispatching()
    until(lambda: not dispatch.once() and "sent" in town.states())
    assert sorted(town.states()) == ["cancelled", "sent"]
    assert stand(database, way) is Stand.CLOSED


class Blocked(Way):
    """May send nothing any more after a first message, and takes its time for each after the second."""

    def hand_over(self, message: Message) -> Answer:
        accepted = super().hand_over(message)
        if len(self.taken) == 1:
            return accepted
        self.open.clear()
        return Refused("30034", permanent=False, of_sender=True)


def test_a_sender_that_may_send_nothing_is_given_nothing_more_of_what_is_held_for_it(
    town: Town, database: Database, keys: KeyRing, settings: Settings
) -> None:
    blocked = Blocked()
    with Dispatch(database, keys, settings, {Channel.SMS: [blocked]}, at_once=1) as dispatch:
        owe(town, 1)
        until(lambda: not dispatch.once())
        owe(town, 3)
        until(lambda: dispatch.once() and stand(database, blocked) is Stand.OPEN)
        blocked.open.set()
        until(lambda: not dispatch.once())
    assert len(blocked.taken) == 3


class AsksForAPause(Way):
    """Takes nothing, and says for how many seconds it wants to be left alone."""

    per_second: int | None = 10
    wants = 300.0

    def hand_over(self, message: Message) -> Answer:
        super().hand_over(message)
        return Later(retry_after=self.wants)


def test_whoever_asks_for_a_pause_is_given_nothing_more_and_left_alone(
    town: Town, database: Database, keys: KeyRing, settings: Settings, clock: Clock, writes: list[datetime]
) -> None:
    busy = AsksForAPause()
    with Dispatch(database, keys, settings, {Channel.SMS: [busy]}, at_once=1) as dispatch:
        owe(town, 1)
        until(lambda: not dispatch.once())
        assert len(busy.taken) == 1
        owe(town, 2)
        assert not dispatch.once()
        writes.clear()
        assert not dispatch.once()
        assert writes == []
        assert 0 < dispatch.rest <= settings.limits.poll
        clock.advance(timedelta(seconds=busy.wants))
        until(lambda: not dispatch.once() and len(busy.taken) == 2)


def test_for_a_token_that_is_back_soon_the_worker_waits(
    town: Town, database: Database, dispatching: Making, way: Way
) -> None:
    way.per_second = 1
    owe(town, 2)
    dispatch = dispatching()
    turns = 0
    while len(way.taken) < 2:
        assert dispatch.once()
        turns += 1
    finish(dispatch, way)
    assert turns <= TURNS_OF_A_SECOND
    assert way.taken[1][1] - way.taken[0][1] >= 1
