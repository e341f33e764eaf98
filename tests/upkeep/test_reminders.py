"""Some days before the last day of a right she is reminded of her dates, once, in words that tell nobody else."""

import threading
from datetime import date, timedelta

import pytest

from casestatus.cases.models import Proceeding, TimelineEvent
from casestatus.cases.office_calendars import read_calendar
from casestatus.database import Clock
from casestatus.notices.models import Notice, NoticeKind
from casestatus.notices.news import notices_with_news
from casestatus.settings import Limits
from casestatus.upkeep.reminders import Reminders, last_day_ahead
from casestatus.victims.models import ContactPolicy, Victim
from tests.factories import World

MONDAY = date(2026, 3, 2)
LIMITS = Limits(_env_file=None)


def watch(world: World) -> Reminders:
    return Reminders(world.database, LIMITS, lines_at_once=1)


def look(reminders: Reminders) -> None:
    while reminders.once():
        pass


def reminders_of(world: World) -> list[Notice]:
    with world.database.reading() as session:
        rows = session.query(Notice).filter(Notice.kind == NoticeKind.REMINDER).order_by(Notice.id).all()
        session.expunge_all()
        return rows


def last_day(world: World) -> date:
    """The last day as it stands on the line, looked for far ahead."""
    with world.database.reading() as session:
        [line] = session.query(Proceeding).all()
        found = last_day_ahead(session, line, read_calendar(session, world.office_id), world.today, 60)
        assert found
        return found.on


@pytest.fixture
def notified(world: World) -> World:
    """Two victims of a line whose archiving was notified formally, on a Monday."""
    world.push("u1", "CI01")
    for _ in range(2):
        world.admit()
    world.push("u2", "CI06", formal_notice_on=MONDAY.isoformat())
    return world


def test_each_victim_is_reminded_once_three_days_before(notified: World, clock: Clock) -> None:
    ends = last_day(notified)
    found: dict[int, date] = {}
    for _ in range(40):
        look(watch(notified))
        found.setdefault(len(reminders_of(notified)), notified.today)
        clock.advance(timedelta(days=1))
    assert found == {0: MONDAY, 2: ends - timedelta(days=3)}
    assert {notice.by_law for notice in reminders_of(notified)} == {False}


def test_one_process_looks_once_a_day_and_goes_on_the_next(notified: World, clock: Clock) -> None:
    reminders = watch(notified)
    clock.advance(last_day(notified) - MONDAY - timedelta(days=4))
    look(reminders)
    assert reminders_of(notified) == []
    clock.advance(timedelta(days=1))
    look(reminders)
    assert len(reminders_of(notified)) == 2


def test_two_workers_remind_once(notified: World, clock: Clock) -> None:
    clock.advance(last_day(notified) - MONDAY - timedelta(days=2))
    workers = [threading.Thread(target=look, args=(watch(notified),)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(reminders_of(notified)) == 2


def test_a_last_day_that_is_over_and_one_without_a_formal_notice_remind_nobody(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    world.admit()
    world.push("u2", "CI06")
    look(watch(world))
    world.push("u3", "CI06", formal_notice_on=MONDAY.isoformat())
    clock.advance(last_day(world) - MONDAY + timedelta(days=1))
    look(watch(world))
    assert reminders_of(world) == []


def test_a_hidden_notice_reminds_nobody(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    world.admit()
    world.push("u2", "CI06", formal_notice_on=MONDAY.isoformat(), hidden=True)
    for _ in range(30):
        clock.advance(timedelta(days=1))
        look(watch(world))
    assert reminders_of(world) == []


def test_whoever_wants_nothing_is_not_reminded(notified: World, clock: Clock) -> None:
    with notified.database.writing() as session:
        for victim in session.query(Victim).all():
            victim.contact_policy = ContactPolicy.PAUSED
    clock.advance(last_day(notified) - MONDAY - timedelta(days=2))
    look(watch(notified))
    assert [notice.state for notice in reminders_of(notified)] == ["not_wanted"] * 2


def test_a_reminder_of_what_was_taken_back_does_not_leave(notified: World, clock: Clock) -> None:
    clock.advance(last_day(notified) - MONDAY - timedelta(days=2))
    look(watch(notified))
    ids = [notice.id for notice in reminders_of(notified)]
    with notified.database.reading() as session:
        assert len(notices_with_news(session, ids)) == 2
        decided = session.query(TimelineEvent).filter(TimelineEvent.stage == "CI06").one()
    notified.push("u3", "CI01", supersedes="u2", occurred_on=decided.occurred_on.isoformat())
    with notified.database.reading() as session:
        assert notices_with_news(session, ids) == frozenset()
