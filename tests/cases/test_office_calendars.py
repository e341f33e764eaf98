"""Offices' calendars come from the database, once in a while."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from casestatus.cases.deadlines import OfficeCalendar
from casestatus.cases.office_calendars import KEPT_FOR, OfficeCalendars
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.offices.calendars import add_holiday, note_checked
from casestatus.offices.models import Office
from tests.factories import World, make_world

CLOSED = date(2026, 12, 21)


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, KeyRing.generate())


def close(world: World, day: date = CLOSED) -> None:
    with world.database.writing() as session:
        add_holiday(session, session.get_one(Office, world.office_id), day=day, name="Receso")


def calendar(world: World, calendars: OfficeCalendars) -> OfficeCalendar:
    with world.database.reading() as session:
        return calendars.of(session, world.office_id, now=world.database.now())


def test_an_office_s_own_days_and_checks_are_read(world: World) -> None:
    close(world)
    close(world)  # told again, as an operator would after a doubt
    with world.database.writing() as session:
        office = session.get_one(Office, world.office_id)
        note_checked(session, office, right="judicial_review", rule="before", checked_on=CLOSED)
        note_checked(session, office, right="judicial_review", rule="10 business days, CNPP 258", checked_on=CLOSED)
    read = calendar(world, OfficeCalendars())
    assert read.own_days == {CLOSED}
    assert read.checked == {"judicial_review": "10 business days, CNPP 258"}
    assert read.zone == "America/Mexico_City"


def test_a_calendar_is_kept_for_five_minutes_and_read_again_after_them(world: World, clock: Clock) -> None:
    calendars = OfficeCalendars()
    assert calendar(world, calendars).own_days == set()
    close(world)
    assert calendar(world, calendars).own_days == set()
    clock.advance(KEPT_FOR)
    assert calendar(world, calendars).own_days == {CLOSED}


def test_a_clock_that_went_back_reads_again(world: World, clock: Clock) -> None:
    calendars = OfficeCalendars()
    calendar(world, calendars)
    close(world)
    clock.advance(-timedelta(days=1))
    assert calendar(world, calendars).own_days == {CLOSED}


def test_a_kept_calendar_asks_nothing_of_the_database(world: World) -> None:
    calendars = OfficeCalendars()
    calendar(world, calendars)
    asked: list[str] = []
    with world.database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))
        calendars.of(session, world.office_id, now=world.database.now())
    assert asked == []


def test_another_office_s_days_stay_out(world: World) -> None:
    close(world)
    other = make_world(world.database, world.keys, code="FGJ-2")
    assert calendar(other, OfficeCalendars()).own_days == set()
